"""The LLM's vocabulary: text ids, then contiguous spans of special tokens and of every modality's codes.

Spans are derived from the tokenizers' `CodeSpec`s, so no size is typed twice. Book k, code c of a modality is
`span.start + k * codebook_size + c`; codes are written frame by frame, within a frame book by book. Knows nothing of
turns: `template` orders the tokens and `grammar` says what may follow what.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, get_args

import numpy as np
from tokenizers import Tokenizer

from solami.errors import ConfigError, InputError
from solami.frames import Codes, CodeSpec, Modality

Special = Literal[
    "<bos>", "<end>", "<system>", "<user>", "<agent>", "<say>", "<heard>", "<saw>", "<speech>", "<body>", "<does>"
]
SPECIAL_TOKENS: tuple[Special, ...] = (
    "<bos>",  # start of a session; once, at position 0
    "<end>",  # closes any turn
    "<system>",  # opens the persona's text
    "<user>",  # opens the user's turn
    "<agent>",  # opens the character's turn
    "<say>",  # opens a clause: the words that the next beats speak
    "<heard>",  # what the user said, as text
    "<saw>",  # what the user's body did, as text
    "<speech>",  # turn header: beats hold speech codes
    "<body>",  # turn header: beats hold body and hand codes, places are given
    "<does>",  # what the character's body is about to do, as text
)
MODALITIES: tuple[Modality, ...] = ("speech", "body", "hands", "placement")  # order of the spans
_OLDEST = SPECIAL_TOKENS.index("<does>")  # specials of the first version
TOKENIZER_FILE, VOCABULARY_FILE = "tokenizer.json", "vocabulary.json"


class Vocabulary:
    """Text, special tokens and codes <-> token ids."""

    def __init__(
        self, tokenizer: Tokenizer, specs: Sequence[CodeSpec], specials: Sequence[Special] = SPECIAL_TOKENS
    ) -> None:
        """Take a trained byte-level tokenizer and one spec for each modality, in any order.

        `specials`: those of an older LLM, which lacks the newest of them.
        """
        by_modality = {spec.modality: spec for spec in specs}
        if len(specs) != len(MODALITIES) or set(by_modality) != set(MODALITIES):
            raise ConfigError(
                f"vocabulary: got specs of {[s.modality for s in specs]}, expected one each of {list(MODALITIES)}"
            )
        self.tokenizer = tokenizer
        self.specs: dict[Modality, CodeSpec] = {name: by_modality[name] for name in MODALITIES}
        self.text_span = range(tokenizer.get_vocab_size())
        self.specials = tuple(specials)
        self._special = {name: self.text_span.stop + i for i, name in enumerate(self.specials)}
        self._spans: dict[Modality, range] = {}
        start = self.text_span.stop + len(self.specials)
        for name, spec in self.specs.items():
            self._spans[name] = range(start, start + spec.num_codebooks * spec.codebook_size)
            start = self._spans[name].stop
        self.size = start
        self._bytes = _token_bytes(tokenizer)

    @classmethod
    def load(cls, folder: Path) -> Vocabulary:
        """Read a folder written by `save`; where it also holds an LLM's config.json, its size must fit."""
        folder = Path(folder)
        for name in (TOKENIZER_FILE, VOCABULARY_FILE):
            if not (folder / name).is_file():
                raise ConfigError(
                    f"vocabulary folder {folder}: {name} is missing; give a folder made by `solami train`"
                )
        stored = json.loads((folder / VOCABULARY_FILE).read_text(encoding="utf-8"))
        specials = SPECIAL_TOKENS[: max(_OLDEST, len(stored["special"]))]
        tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
        vocabulary = cls(tokenizer, [CodeSpec(**spec) for spec in stored["specs"]], specials)
        if (stored["special"], stored["size"]) != (list(specials), vocabulary.size):
            raise ConfigError(
                f"{folder / VOCABULARY_FILE}: got {stored['size']} tokens with specials {stored['special']}, expected "
                f"{vocabulary.size} with {list(specials)}; it was written by another version, train it again"
            )
        if (folder / "config.json").is_file():
            config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            vocabulary.check_llm_size(config["vocab_size"])
        return vocabulary

    def save(self, folder: Path) -> None:
        """Write tokenizer.json and vocabulary.json into `folder`."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        self.tokenizer.save(str(folder / TOKENIZER_FILE))
        specs = [
            {
                "modality": s.modality,
                "codebook_size": s.codebook_size,
                "num_codebooks": s.num_codebooks,
                "frame_rate": s.frame_rate,
            }
            for s in self.specs.values()
        ]
        stored = {"size": self.size, "special": list(self.specials), "specs": specs}
        (folder / VOCABULARY_FILE).write_text(json.dumps(stored, indent=1) + "\n", encoding="utf-8")

    def check_llm_size(self, vocab_size: int) -> None:
        """Raise ConfigError unless an LLM with `vocab_size` output rows holds every token; padding rows are allowed."""
        if vocab_size < self.size:
            raise ConfigError(
                f"LLM vocab_size: got {vocab_size}, expected at least {self.size}; use resize_token_embeddings"
            )

    def check_specs(self, specs: Sequence[CodeSpec]) -> None:
        """Raise ConfigError unless the loaded tokenizers are those this vocabulary was made for."""
        for spec in specs:
            if spec != self.specs[spec.modality]:
                raise ConfigError(f"{spec.modality} tokenizer: got {spec}, the LLM wants {self.specs[spec.modality]}")

    def span(self, modality: Modality) -> range:
        """All ids of one modality's codes."""
        return self._spans[modality]

    def book_span(self, modality: Modality, book: int) -> range:
        """The ids of one codebook of a modality."""
        size = self.specs[modality].codebook_size
        start = self._spans[modality].start + book * size
        return range(start, start + size)

    def modality_of(self, token_id: int) -> Modality:
        """Which modality's code an id is. Raises InputError for text and special tokens."""
        for name, span in self._spans.items():
            if token_id in span:
                return name
        raise InputError(f"id {token_id}: expected a code, one of {self._spans}")

    def special(self, name: Special) -> int:
        """The id of a special token."""
        return self._special[name]

    def has(self, name: Special) -> bool:
        """Whether the LLM knows a special token; an older one lacks the newest."""
        return name in self._special

    def special_name(self, token_id: int) -> Special | None:
        """The special token that an id stands for, if it is one."""
        index = token_id - self.text_span.stop
        return self.specials[index] if 0 <= index < len(self.specials) else None

    def encode_text(self, text: str) -> list[int]:
        """Text ids; decoding them gives the text back exactly."""
        return list(self.tokenizer.encode(text, add_special_tokens=False).ids)

    def decode_text(self, ids: Sequence[int]) -> str:
        """Text of ids; bytes that are no UTF-8 become U+FFFD."""
        return b"".join(self.token_bytes(i) for i in ids).decode("utf-8", errors="replace")

    def token_bytes(self, token_id: int) -> bytes:
        """The UTF-8 bytes of one text id, possibly not a whole character."""
        return self._bytes[token_id]

    def codes_to_ids(self, codes: Codes) -> list[int]:
        """Codes [K, T] -> T * K ids, frame by frame. Raises InputError on a wrong book count or a code out of range."""
        spec = self.specs[codes.modality]
        if codes.values.shape[0] != spec.num_codebooks:
            raise InputError(
                f"{codes.modality} codes: got {codes.values.shape[0]} codebooks, expected {spec.num_codebooks}"
            )
        if codes.values.size and (codes.values.min() < 0 or codes.values.max() >= spec.codebook_size):
            raise InputError(
                f"{codes.modality} codes: got {codes.values.min()} to {codes.values.max()}, "
                f"expected 0 to {spec.codebook_size - 1}"
            )
        ids: list[int] = (codes.values.T + self._offsets(codes.modality)).ravel().tolist()
        return ids

    def ids_to_codes(self, modality: Modality, ids: Sequence[int]) -> Codes:
        """The inverse of `codes_to_ids`. Raises InputError where an id is not of the book its place asks for."""
        spec = self.specs[modality]
        if len(ids) % spec.num_codebooks:
            raise InputError(f"{modality} ids: got {len(ids)}, expected a multiple of {spec.num_codebooks}")
        values = np.asarray(ids, np.int32).reshape(-1, spec.num_codebooks) - self._offsets(modality)
        if values.size and (values.min() < 0 or values.max() >= spec.codebook_size):
            raise InputError(
                f"{modality} ids: got an id outside its codebook, expected {self.span(modality)} book by book"
            )
        return Codes(modality, np.ascontiguousarray(values.T, np.int32), spec.frame_rate)

    def _offsets(self, modality: Modality) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
        """First id of each book [K]."""
        spec = self.specs[modality]
        return np.arange(spec.num_codebooks, dtype=np.int32) * spec.codebook_size + self.span(modality).start


def _token_bytes(tokenizer: Tokenizer) -> list[bytes]:
    """The bytes of every text id, from the printable alphabet that byte-level BPE writes bytes in (GPT-2's)."""
    printable = [*range(ord("!"), ord("~") + 1), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    hidden = [b for b in range(256) if b not in printable]
    byte_of = {chr(b): b for b in printable} | {chr(256 + i): b for i, b in enumerate(hidden)}
    table = [b""] * tokenizer.get_vocab_size()
    for token, token_id in tokenizer.get_vocab().items():
        known = all(char in byte_of for char in token)
        table[token_id] = bytes(byte_of[char] for char in token) if known else token.encode()
    return table


assert get_args(Special) == SPECIAL_TOKENS, "the list and the type name the same tokens"

"""Phone times of human speech whose words are known, by pocketsphinx forced alignment. Recognises nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

import numpy as np

from solami.errors import InputError
from solami.frames import FloatArray

if TYPE_CHECKING:
    from pocketsphinx import Decoder

FRAME_S = 0.01
SAMPLE_RATE = 16_000
PAUSES = frozenset({"sil", "+nsn+", "+spn+", "(null)"})

Phones = list[tuple[str, float]]  # name in flite's set, start in seconds


class ForcedAligner:
    """Aligns clips one by one. `pronounce` gives flite's phones of a text, for words outside the dictionary too."""

    def __init__(self, pronounce: Callable[[str], list[str]]) -> None:
        self._pronounce = pronounce
        self._decoder = _decoder()

    def align(self, samples: FloatArray, text: str) -> Phones | None:
        """Phones and pauses of samples [T] at 16 kHz with their starts; None where the words are not found in it."""
        words = re.sub(r"[^a-z' ]", " ", text.lower().replace("\u2019", "'")).split()
        for word in words:
            if self._decoder.lookup_word(word) is None:
                self._decoder.add_word(word, _cmu(self._pronounce(word)), True)
        pcm = (np.clip(samples, -1, 1) * 32767).astype(np.int16).tobytes()
        try:
            self._decoder.set_align_text(" ".join(words))
            _listen(self._decoder, pcm)
            self._decoder.set_alignment()
            _listen(self._decoder, pcm)
            found = [(p.name.lower(), p.start * FRAME_S) for word in self._decoder.get_alignment() for p in word]
        except RuntimeError:  # its search lost the words; the decoder is of no use afterwards
            self._decoder = _decoder()
            return None
        names = ["pau" if name in PAUSES else name for name, _ in found]
        return list(zip(_with_schwas(names, self._pronounce(text)), [start for _, start in found], strict=True))


def _decoder() -> Decoder:
    try:
        from pocketsphinx import Decoder
    except ImportError as error:
        raise InputError("pocketsphinx is not installed: install solami[eval] to align human speech") from error
    return Decoder(samprate=SAMPLE_RATE, loglevel="FATAL")


def _listen(decoder: Decoder, pcm: bytes) -> None:
    decoder.start_utt()
    decoder.process_raw(pcm, full_utt=True)
    decoder.end_utt()


def _cmu(phones: Sequence[str]) -> str:
    """Flite's phones as the recogniser writes them: no schwa of its own, no pauses."""
    named = ["ah" if phone == "ax" else phone for phone in phones if phone != "pau"]
    return " ".join(named or ["ah"]).upper()


def _with_schwas(names: Sequence[str], wanted: Sequence[str]) -> list[str]:
    """`ah` becomes `ax` where flite says so: the recogniser's phones tell the two apart by nothing."""
    plain = ["ah" if name == "ax" else name for name in wanted if name != "pau"]
    exact = [name for name in wanted if name != "pau"]
    spoken = [index for index, name in enumerate(names) if name != "pau"]
    made = list(names)
    blocks = SequenceMatcher(None, [names[i] for i in spoken], plain, autojunk=False).get_matching_blocks()
    for here, there, size in blocks:
        for step in range(size):
            made[spoken[here + step]] = exact[there + step]
    return made

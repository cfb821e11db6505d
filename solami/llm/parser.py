"""Token ids of the character's turn -> events, one id at a time; the reverse of `template.render_agent`.

The parser trusts the grammar for the order of ids. Text comes out as valid UTF-8: bytes of a cut character wait.
"""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import dataclass

from solami.errors import InputError
from solami.frames import Codes, Modality, TextDelta, TextKind
from solami.llm.turns import BEAT_MODALITIES, AgentTurn, Beat, BeatShape, Clause, Heard, Saw
from solami.llm.vocabulary import Special, Vocabulary


@dataclass(frozen=True, slots=True)
class ClauseStart:
    """<say> has come."""


@dataclass(frozen=True, slots=True, eq=False)
class PlacementReady:
    """Where the character wants to stand."""

    codes: Codes  # [3, 1]


@dataclass(frozen=True, slots=True, eq=False)
class MotionReady:
    """The motion of one beat."""

    body: Codes
    hands: Codes


@dataclass(frozen=True, slots=True, eq=False)
class SpeechReady:
    """The speech of one beat."""

    codes: Codes


@dataclass(frozen=True, slots=True)
class TurnEnd:
    """<end> has come."""


Event = ClauseStart | TextDelta | PlacementReady | MotionReady | SpeechReady | TurnEnd
TEXT_KINDS: dict[Special, TextKind] = {"<say>": "said", "<heard>": "heard", "<saw>": "saw", "<does>": "does"}


class AgentParser:
    """The events of one reply, from its first <say> on."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        shape = BeatShape.of(vocabulary)
        self._wanted = {"body": shape.body, "hands": shape.hands, "speech": shape.speech}
        self._wanted["placement"] = vocabulary.specs["placement"].num_codebooks
        self._ids: dict[Modality, list[int]] = {name: [] for name in vocabulary.specs}
        self._text = _TextRun("said", is_first=True)
        self._seen: set[TextKind] = set()

    def push(self, token_id: int) -> list[Event]:
        """Take one id; return what it completed, possibly nothing."""
        if token_id in self._vocabulary.text_span:
            return self._text.push(self._vocabulary.token_bytes(token_id))
        events: list[Event] = [*self._text.finish()]
        name = self._vocabulary.special_name(token_id)
        if name is None:
            return events + self._push_code(token_id)
        if name == "<end>":
            return [*events, TurnEnd()]
        kind = TEXT_KINDS[name]
        self._text = _TextRun(kind, is_first=kind not in self._seen)
        self._seen.add(kind)
        return [*events, ClauseStart()] if kind == "said" else events

    def _push_code(self, token_id: int) -> list[Event]:
        modality = self._vocabulary.modality_of(token_id)
        ids = self._ids[modality]
        ids.append(token_id)
        if len(ids) < self._wanted[modality] or modality == "body":  # body waits for the hands of its beat
            return []
        codes = self._take(modality)
        if modality == "placement":
            return [PlacementReady(codes)]
        return [SpeechReady(codes)] if modality == "speech" else [MotionReady(self._take("body"), codes)]

    def _take(self, modality: Modality) -> Codes:
        codes = self._vocabulary.ids_to_codes(modality, self._ids[modality])
        self._ids[modality] = []
        return codes


class _TextRun:
    """One run of text ids as pieces of valid text; the space in front of a kind's first run is dropped."""

    def __init__(self, kind: TextKind, *, is_first: bool) -> None:
        self._kind = kind
        self._utf8 = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._drops_space = is_first and kind != "said"

    def push(self, raw: bytes) -> list[Event]:
        return self._piece(self._utf8.decode(raw))

    def finish(self) -> list[Event]:
        return self._piece(self._utf8.decode(b"", final=True))

    def _piece(self, text: str) -> list[Event]:
        if self._drops_space and text:
            text, self._drops_space = text.removeprefix(" "), False
        return [TextDelta(self._kind, text)] if text else []


def parse_agent(vocabulary: Vocabulary, ids: Sequence[int]) -> AgentTurn:
    """A whole turn, header included, as a value. Raises InputError if it does not run from <agent> to <end>."""
    if not ids or vocabulary.special_name(ids[0]) != "<agent>" or vocabulary.special_name(ids[-1]) != "<end>":
        raise InputError("agent turn: expected ids from <agent> to <end>")
    flags = [vocabulary.special_name(i) for i in ids[1:3]]
    speech, body = "<speech>" in flags, "<body>" in flags
    starts = [n for n, i in enumerate(ids) if vocabulary.special_name(i) in ("<say>", "<heard>", "<saw>")]
    parts: list[Clause | Heard | Saw] = []
    for start, stop in zip(starts, [*starts[1:], len(ids) - 1], strict=True):
        rest = ids[start + 1 : stop]
        match vocabulary.special_name(ids[start]):
            case "<heard>":
                parts.append(Heard(_read_text(vocabulary, rest)))
            case "<saw>":
                parts.append(Saw(_read_text(vocabulary, rest)))
            case _:
                parts.append(_read_clause(vocabulary, rest, speech=speech, body=body))
    return AgentTurn(speech, body, tuple(parts))


def _read_text(vocabulary: Vocabulary, ids: Sequence[int]) -> str:
    return vocabulary.decode_text([i for i in ids if i in vocabulary.text_span]).removeprefix(" ")


def _read_clause(vocabulary: Vocabulary, ids: Sequence[int], *, speech: bool, body: bool) -> Clause:
    """The ids behind <say>: words, perhaps what the body does, a place with a body, then whole beats."""
    names = [vocabulary.special_name(i) for i in ids]
    mark = names.index("<does>") if "<does>" in names else len(ids)
    text, does = _read_text(vocabulary, ids[:mark]), _read_text(vocabulary, ids[mark:])
    ids = [i for i in ids if i not in vocabulary.text_span and vocabulary.special_name(i) is None]
    books = vocabulary.specs["placement"].num_codebooks if body else 0
    beat_length = BeatShape.of(vocabulary).ids(speech=speech, body=body)
    beats = [_read_beat(vocabulary, ids[n : n + beat_length]) for n in range(books, len(ids), beat_length or 1)]
    placement = vocabulary.ids_to_codes("placement", ids[:books]) if body else None
    return Clause(text, placement, tuple(beats), does)


def _read_beat(vocabulary: Vocabulary, ids: Sequence[int]) -> Beat:
    codes = {name: [i for i in ids if i in vocabulary.span(name)] for name in BEAT_MODALITIES}
    return Beat(**{name: vocabulary.ids_to_codes(name, found).values for name, found in codes.items() if found})

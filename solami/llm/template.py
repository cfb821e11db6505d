"""The one place that writes turns as token ids, with the loss mask; training and inference both call it.

    <bos> <system> text <end>
    <user> [<body>] [<speech>] place? beat* (<heard> words | <saw> caption | beat)* <end>
    <agent> [<body>] [<speech>] emotion? clause (<heard> words | <saw> caption | clause)* <end>
    clause = <say> words (<does> caption)? place? beat*

A beat is 0.4 s: body codes, hand codes, speech codes, as far as the header flags them; places are there with <body>.
The emotion is a word of text that a header may hold; the server writes none, and training often none. What the body
is about to do stands in words before its first codes, so that the model decides on it before it moves.
Every text but the system's and a turn's first clause starts with a space, so texts join by concatenation. Loss is on
the character's turn behind its header, and on <heard>/<saw> and their words in the user's. Limits of a turn are the
grammar's, except those a training sample must keep too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, assert_never

from solami.errors import InputError
from solami.frames import Codes
from solami.llm.engine import Legal
from solami.llm.turns import (
    BEAT_MODALITIES,
    AgentTurn,
    Beat,
    Clause,
    Heard,
    Saw,
    SystemTurn,
    Turn,
    UserTurn,
    frames_per_beat,
)
from solami.llm.vocabulary import Special, Vocabulary

MAX_CLAUSE_TOKENS = 12  # keeps the words before the first audio few
MAX_CAPTION_TOKENS = 24  # of one <heard> or <saw> in the character's turn
MAX_DOES_TOKENS = 8  # of a <does>; behind a long first clause fewer fit before the first audio
FIRST_TEXT_TOKENS = 16  # of a first clause's words, <does> and its caption: what the default tokenizers leave room for


@dataclass(frozen=True, slots=True)
class Rendered:
    """Ids and, for each, whether training learns to predict it."""

    ids: list[int]
    mask: list[bool]

    def __add__(self, other: Rendered) -> Rendered:
        """This one, then the other."""
        return Rendered(self.ids + other.ids, self.mask + other.mask)


def render_dialogue(vocabulary: Vocabulary, turns: Iterable[Turn]) -> Rendered:
    """A session from its <bos> on."""
    rendered = Rendered([vocabulary.special("<bos>")], [False])
    for turn in turns:
        rendered = rendered + render_turn(vocabulary, turn)
    return rendered


def render_turn(vocabulary: Vocabulary, turn: Turn) -> Rendered:
    """One turn of any role."""
    match turn:
        case SystemTurn():
            return render_system(vocabulary, turn)
        case UserTurn():
            return render_user(vocabulary, turn)
        case AgentTurn():
            return render_agent(vocabulary, turn)
        case _:
            assert_never(turn)


def render_system(vocabulary: Vocabulary, turn: SystemTurn) -> Rendered:
    """The system's turn; no loss."""
    return _quiet([vocabulary.special("<system>"), *vocabulary.encode_text(turn.text), vocabulary.special("<end>")])


def render_user(vocabulary: Vocabulary, turn: UserTurn) -> Rendered:
    """The user's turn; loss on <heard>, <saw> and their words."""
    rendered = _quiet(header_ids(vocabulary, "<user>", speech=turn.speech, body=turn.body, placement=turn.placement))
    for part in turn.parts:
        if isinstance(part, Beat):
            rendered += _quiet(beat_ids(vocabulary, part, speech=turn.speech, body=turn.body))
        else:
            rendered += _learned(caption_ids(vocabulary, part))
    return rendered + _quiet([vocabulary.special("<end>")])


def render_agent(vocabulary: Vocabulary, turn: AgentTurn) -> Rendered:
    """The character's turn; loss from <say> up to and including <end>."""
    if not turn.parts or not isinstance(turn.parts[0], Clause):
        raise InputError("agent turn: expected a clause first")
    ids: list[int] = []
    for index, part in enumerate(turn.parts):
        if isinstance(part, Clause):
            ids += clause_ids(vocabulary, part, first=index == 0, speech=turn.speech, body=turn.body)
        else:
            ids += caption_ids(vocabulary, part)[: 1 + MAX_CAPTION_TOKENS]
    ids.append(vocabulary.special("<end>"))
    header = header_ids(vocabulary, "<agent>", speech=turn.speech, body=turn.body)
    return _quiet(header + vocabulary.encode_text(turn.emotion)) + _learned(ids)


def header_ids(
    vocabulary: Vocabulary,
    role: Literal["<user>", "<agent>"],
    *,
    speech: bool,
    body: bool,
    placement: Codes | None = None,
) -> list[int]:
    """The opening of a turn: role, flags, and the user's place if there is a body."""
    ids = [vocabulary.special(role)]
    if body:
        ids.append(vocabulary.special("<body>"))
    if speech:
        ids.append(vocabulary.special("<speech>"))
    if role == "<user>":
        ids += _place_ids(vocabulary, placement, body=body)
    return ids


def beat_ids(vocabulary: Vocabulary, beat: Beat, *, speech: bool, body: bool) -> list[int]:
    """One beat; its modalities must be those flagged and its codes a whole beat."""
    ids: list[int] = []
    for modality in BEAT_MODALITIES:
        values, spec = beat.get(modality), vocabulary.specs[modality]
        wanted = speech if modality == "speech" else body
        if (values is not None) != wanted:
            raise InputError(f"beat: {modality} codes are {'missing' if wanted else 'not flagged in the header'}")
        if values is None:
            continue
        if values.shape[1] != frames_per_beat(spec.frame_rate):
            raise InputError(
                f"beat: got {values.shape[1]} {modality} frames, expected {frames_per_beat(spec.frame_rate)}"
            )
        ids += vocabulary.codes_to_ids(Codes(modality, values, spec.frame_rate))
    return ids


def fading_ids(vocabulary: Vocabulary) -> Legal:
    """What a turn that grows old loses first: codes, places and the flags that announce them. Its words are left."""
    flags: tuple[Special, ...] = ("<body>", "<speech>")
    ones = (vocabulary.special(flag) for flag in flags)
    return (*(vocabulary.span(name) for name in vocabulary.specs), *(range(i, i + 1) for i in ones))


def caption_ids(vocabulary: Vocabulary, part: Heard | Saw) -> list[int]:
    """<heard> or <saw> and its words."""
    marker: Special = "<heard>" if isinstance(part, Heard) else "<saw>"
    return [vocabulary.special(marker), *_spaced_text_ids(vocabulary, part.text)]


def does_ids(vocabulary: Vocabulary, caption: str) -> list[int]:
    """<does> and its caption; nothing for none."""
    words = _spaced_text_ids(vocabulary, caption)
    return [vocabulary.special("<does>"), *words] if words else []


def clause_ids(vocabulary: Vocabulary, clause: Clause, *, first: bool, speech: bool, body: bool) -> list[int]:
    """<say>, the words, what the body does and the place with a body, the beats."""
    words = vocabulary.encode_text(clause.text.strip()) if first else _spaced_text_ids(vocabulary, clause.text)
    if not 1 <= len(words) <= MAX_CLAUSE_TOKENS:
        raise InputError(
            f"clause {clause.text!r}: got {len(words)} tokens, expected 1 to {MAX_CLAUSE_TOKENS}; cut it between words"
        )
    if bool(clause.beats) != (speech or body):
        raise InputError(
            f"clause {clause.text!r}: got {len(clause.beats)} beats in a turn with speech={speech}, body={body}"
        )
    if clause.does and not (first and body):
        raise InputError(f"clause {clause.text!r}: `does` stands in the first clause of a turn with a body")
    ids = [vocabulary.special("<say>"), *words, *does_ids(vocabulary, clause.does)]
    ids += _place_ids(vocabulary, clause.placement, body=body)
    for beat in clause.beats:
        ids += beat_ids(vocabulary, beat, speech=speech, body=body)
    return ids


def _spaced_text_ids(vocabulary: Vocabulary, text: str) -> list[int]:
    return vocabulary.encode_text(" " + text.strip()) if text.strip() else []


def _place_ids(vocabulary: Vocabulary, placement: Codes | None, *, body: bool) -> list[int]:
    if (placement is not None) != body:
        raise InputError(f"placement: {'missing in a turn with a body' if body else 'given in a turn without a body'}")
    if placement is None:
        return []
    if placement.values.shape[1] != 1:
        raise InputError(f"placement: got {placement.values.shape[1]} frames, expected 1")
    return vocabulary.codes_to_ids(placement)


def _quiet(ids: Sequence[int]) -> Rendered:
    return Rendered(list(ids), [False] * len(ids))


def _learned(ids: Sequence[int]) -> Rendered:
    return Rendered(list(ids), [True] * len(ids))

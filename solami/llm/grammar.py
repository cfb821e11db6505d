"""Which token ids may come next in the character's turn: a finite-state machine, so that no invalid reply can occur.

It starts behind the turn's header, at <say>, and knows only the order of tokens; what they mean is the parser's
business. Text from outside (an external text brain) is forced by appending its ids to the slot and advancing over them.
"""

from __future__ import annotations

from typing import Literal

from solami.errors import EngineError
from solami.llm.engine import Legal
from solami.llm.grammar_limits import GrammarLimits
from solami.llm.turns import BEAT_MODALITIES, frames_per_beat
from solami.llm.vocabulary import Vocabulary

State = Literal["start", "words", "does", "place", "beat", "boundary", "caption", "done"]
LEAST_DOES = 3  # tokens: with fewer the hand or the side would be cut off


class AgentGrammar:
    """The legal ids of one reply, step by step."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        *,
        speech: bool = True,
        body: bool = True,
        heard: bool = True,
        saw: bool = True,
        limits: GrammarLimits | None = None,
    ) -> None:
        """Take the header's flags; `heard` and `saw` say whether the reply may caption the user's turn."""
        self._limits = limits or GrammarLimits()
        self._text = vocabulary.text_span
        self._say, self._end = _one(vocabulary.special("<say>")), _one(vocabulary.special("<end>"))
        self._heard = _one(vocabulary.special("<heard>"))
        self._captions = [self._heard] * heard + [_one(vocabulary.special("<saw>"))] * saw  # those still to come
        self._does = _one(vocabulary.special("<does>")) if body and vocabulary.has("<does>") else range(0)
        self._place = _place_spans(vocabulary) if body else []
        self._beat = _beat_spans(vocabulary, speech=speech, body=body)
        self._first_clause_tokens = self._limits.words_before_audio(vocabulary, speech=speech, body=body)
        self._first_texts = self._limits.text_before_audio(vocabulary, speech=speech, body=body)
        self._does_tokens = 0  # the most of the running <does>
        self._state: State = "start"
        self._count = 0  # ids of the running words, does, place, beat or caption
        self._clause_beats = 0
        self.clauses = 0
        self.beats = 0

    @property
    def done(self) -> bool:
        """Whether <end> has come."""
        return self._state == "done"

    @property
    def first_clause_tokens(self) -> int:
        """The most words of the first clause."""
        return self._first_clause_tokens

    @property
    def clause_tokens(self) -> int:
        """The most words of every other clause."""
        return self._limits.clause_tokens

    @property
    def at_boundary(self) -> bool:
        """Whether the last id closed a beat."""
        return self._state == "boundary"

    @property
    def is_full(self) -> bool:
        """Whether the reply has all the beats it may have."""
        return self.beats >= self._limits.max_beats

    def leave_out(self, caption: int) -> None:
        """The reply does not write this <heard> or <saw>: it stands in the user's turn."""
        self._captions = [mark for mark in self._captions if caption not in mark]

    def legal(self) -> Legal:
        """The ids that may come next; never empty. Raises EngineError once done."""
        match self._state:
            case "start":
                return (self._say,)
            case "words":
                return self._text_or(self._word_limit(), self._after_words())
            case "does":
                return self._text_or(self._does_tokens, (self._place[0],))
            case "place":
                return (self._place[self._count],)
            case "beat":
                return (self._beat[self._count],)
            case "boundary":
                return self._after_beat()
            case "caption":
                return self._text_or(self._limits.caption_tokens, self._controls())
            case "done":
                raise EngineError("grammar: the turn has ended, nothing may follow <end>")

    def advance(self, token_id: int) -> None:
        """Take the next id. Raises EngineError unless it is legal."""
        legal = self.legal()
        if not any(token_id in span for span in legal):
            raise EngineError(f"grammar: got id {token_id} in state {self._state!r}, expected one of {legal}")
        if self._state in ("words", "does", "caption") and token_id in self._text:
            self._count += 1
        elif token_id in self._say:
            self._state, self._count, self._clause_beats = "words", 0, 0
            self.clauses += 1
        elif token_id in self._does:
            self._does_tokens = self._room_for_does()
            self._state, self._count = "does", 0
        elif token_id in self._end:
            self._state = "done"
        elif any(token_id in mark for mark in self._captions):
            self._state, self._count = "caption", 0
            self.leave_out(token_id)
        else:
            self._advance_codes()

    def _advance_codes(self) -> None:
        """One id of a place or of a beat."""
        if self._state in ("words", "does", "boundary"):
            self._count = 0
            self._state = "beat" if self._state == "boundary" or not self._place else "place"
        self._count += 1
        if self._state == "place" and self._count == len(self._place):
            self._state, self._count = "beat", 0
        elif self._state == "beat" and self._count == len(self._beat):
            self._state = "boundary"
            self._clause_beats += 1
            self.beats += 1

    def _word_limit(self) -> int:
        return self._first_clause_tokens if self.clauses == 1 else self._limits.clause_tokens

    def _text_or(self, limit: int, after: Legal) -> Legal:
        """Text up to a limit, at least one id of it, then what comes after."""
        if self._count == 0:
            return (self._text,)
        return (self._text, *after) if self._count < limit else after

    def _after_words(self) -> Legal:
        """A clause without any modality ends with its words."""
        if self._place:
            is_owed = self._does and self.clauses == 1 and self._room_for_does()
            return (self._does if is_owed else self._place[0],)
        return (self._beat[0],) if self._beat else self._controls()

    def _room_for_does(self) -> int:
        """How long a caption fits behind the words so far and <does>; 0 where it is not worth the mark."""
        room = min(self._limits.does_tokens, self._first_texts - self._count - 1)
        return room if room >= LEAST_DOES else 0

    def _after_beat(self) -> Legal:
        if self.is_full:
            return (self._end,)
        controls = self._controls()
        return (self._beat[0], *controls) if self._clause_beats < self._limits.clause_beats else controls

    def _controls(self) -> Legal:
        """The special tokens that may follow a clause or a caption; <end> where nothing else may."""
        if self.is_full:
            return (self._end,)
        legal = list(self._captions)
        if self._limits.owes_heard and self._heard in legal:
            return tuple(legal)
        if self.clauses < self._limits.clauses:
            legal.append(self._say)
        if self.beats >= self._limits.min_beats or not legal:
            legal.append(self._end)
        return tuple(legal)


def _one(token_id: int) -> range:
    return range(token_id, token_id + 1)


def _place_spans(vocabulary: Vocabulary) -> list[range]:
    return [vocabulary.book_span("placement", k) for k in range(vocabulary.specs["placement"].num_codebooks)]


def _beat_spans(vocabulary: Vocabulary, *, speech: bool, body: bool) -> list[range]:
    """The span of every id of a beat, in order."""
    spans: list[range] = []
    for modality in BEAT_MODALITIES:
        spec = vocabulary.specs[modality]
        if speech if modality == "speech" else body:
            books = [vocabulary.book_span(modality, k) for k in range(spec.num_codebooks)]
            spans += books * frames_per_beat(spec.frame_rate)
    return spans

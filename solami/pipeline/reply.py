"""One reply on its way out: it says which id it wants drawn, takes it, and gives what the id completes.

Who draws, and what else is drawn in the same step, is not its business, so many replies may go on side by side. Knows
no session: `conversation` prepares the context, and cuts it after a barge-in at one of the reply's marks.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator

from solami.frames import FinishReason, OutputChunk, ReplyDone, StageSpent, TextKind
from solami.llm.context import Context
from solami.llm.drawing import Wanted, draw
from solami.llm.engine import Legal
from solami.llm.grammar import AgentGrammar
from solami.llm.parser import TEXT_KINDS, AgentParser, Event
from solami.llm.vocabulary import Vocabulary
from solami.pipeline.draws import Draws
from solami.pipeline.living_body import Shown
from solami.pipeline.performance import Decoders, Mark, Performance
from solami.tokenizers.base import MotionCodes, MotionDecoder

FIRST_STAGES = ("first_clause", "first_beat", "decode", "waiting")  # what the first sound waits for


class Reply:
    """Goes on id by id, `wanted` and `take` in turns; afterwards it knows where its beats end."""

    def __init__(
        self,
        context: Context,
        vocabulary: Vocabulary,
        grammar: AgentGrammar,
        decoders: Decoders,
        draws: Draws,
        prefill_ms: float = 0.0,
    ) -> None:
        """Take a context whose running turn holds the reply's header, and what getting there took."""
        self._context, self._vocabulary, self._grammar = context, vocabulary, grammar
        self._performance, self._draws = Performance(decoders, context.length), draws
        self._parser = AgentParser(vocabulary)
        self._spent_s = dict.fromkeys((*FIRST_STAGES, "heard_saw"), 0.0)
        self._running: TextKind = "said"  # what the latest words are
        self._due: list[OutputChunk] = [StageSpent("prefill", prefill_ms)]  # given with the next ones
        self._asked_s = self._took_s = time.perf_counter()
        self._hand_ids: deque[int] = deque(maxlen=vocabulary.specs["hands"].num_codebooks)  # of the newest hand frame
        self.holds_hands = False  # hands stay as they are, which costs nothing to draw
        self.is_done = False
        self.ids: list[int] = []

    @property
    def is_whole(self) -> bool:
        """Whether <end> has come."""
        return self._grammar.done

    @property
    def marks(self) -> list[Mark]:
        """The start, and the end of every beat."""
        return self._performance.marks

    @property
    def last_shown(self) -> MotionCodes | None:
        """Of the newest beat."""
        return self._performance.last_shown

    @property
    def is_waiting(self) -> bool:
        """Whether it is held and has all that it may hold."""
        return self._performance.is_held and self._grammar.at_boundary

    @property
    def has_moved(self) -> bool:
        """Whether it has decoded any motion."""
        return self._performance.last_shown is not None

    def run(self, cancelled: Callable[[], bool] = lambda: False) -> Iterator[OutputChunk]:
        """Everything the reply gives, ReplyDone last, with an engine to itself; `cancelled` is asked before each id."""
        while not self.is_done:
            wanted = None if cancelled() else self.wanted()
            if wanted is None:
                yield from self.cancel()
                return
            (token_id,) = draw([wanted])
            yield from self.take(token_id)

    def wanted(self) -> Wanted | None:
        """What must be drawn next; `take` must follow with the id. None while it is waiting."""
        if self.is_waiting:
            return None
        self._asked_s = time.perf_counter()
        self._spend("waiting", self._took_s)
        legal = self._resting(self._grammar.legal())
        return self._context.wanted(legal, self._draws.sampling(legal, self._vocabulary, self._running))

    def take(self, token_id: int | None) -> list[OutputChunk]:
        """The id that was drawn; returns what it completes, with ReplyDone at the end."""
        assert token_id is not None, "an id was wanted"
        events = self._advance(token_id)
        begun_s = time.perf_counter()
        given = [chunk for event in events for chunk in self._performance.push(event)]
        self._spend("decode", begun_s)
        if self._grammar.at_boundary:
            given += self._close_beat()
        if self._grammar.done:
            given += self._finish()
        self._took_s = time.perf_counter()
        return [] if self._performance.is_held else self._with_due(given)

    def hold(self) -> None:
        """Give nothing until `release`, and go no further than the first beat."""
        self._performance.hold()

    def release(self) -> list[OutputChunk]:
        """What was held, its motion decoded from where the body stands now; from here on it goes on as ever."""
        begun_s = time.perf_counter()
        given = self._performance.release()
        self._took_s = time.perf_counter()
        self._spend("decode", begun_s)
        return self._with_due(given)

    def stand(self, body: MotionDecoder) -> None:
        """Before the first motion: the body has idled on, and this is it."""
        self._performance.stand(body)

    def shown_at(self, sample: int) -> Shown | None:
        """The pose that is shown when a sample of the reply is heard; none before its motion."""
        return self._performance.shown_at(sample)

    def cancel(self) -> list[OutputChunk]:
        """End the reply here; whole beats stay, unless the context is cut."""
        return self._with_due([self._done("cancelled")])

    def _with_due(self, given: list[OutputChunk]) -> list[OutputChunk]:
        due, self._due = self._due, []
        return [*due, *given]

    def _advance(self, token_id: int) -> list[Event]:
        """One id further; the time since it was wanted goes to the stage it belongs to."""
        self._context.took(token_id)
        self._grammar.advance(token_id)
        self.ids.append(token_id)
        if token_id in self._vocabulary.span("hands"):
            self._hand_ids.append(token_id)
        events = self._parser.push(token_id)
        mark = self._vocabulary.special_name(token_id)
        if mark is not None:
            self._running = TEXT_KINDS.get(mark, "said")
        is_words = token_id in self._vocabulary.text_span or mark is not None
        if self._running in ("heard", "saw"):
            self._spent_s["heard_saw"] += time.perf_counter() - self._asked_s
        else:
            self._spend("first_clause" if is_words else "first_beat", self._asked_s)
        return events

    def _resting(self, legal: Legal) -> Legal:
        """What is legal; of the hands only what they did last, while they are held."""
        is_held = self.holds_hands and len(self._hand_ids) == self._hand_ids.maxlen
        if not is_held or legal[0].start not in self._vocabulary.span("hands"):
            return legal
        return (range(self._hand_ids[0], self._hand_ids[0] + 1),)

    def _spend(self, stage: str, since_s: float) -> None:
        """Until the first beat is whole."""
        if self._grammar.beats == 0 or (self._grammar.beats == 1 and self._grammar.at_boundary):
            self._spent_s[stage] += time.perf_counter() - since_s

    def _close_beat(self) -> list[OutputChunk]:
        given = self._performance.close_beat(self._context.length)
        if self._grammar.beats == 1:
            stages = [StageSpent(stage, 1000 * self._spent_s[stage]) for stage in FIRST_STAGES]
            self._due += stages if self._performance.is_held else []
            given += [] if self._performance.is_held else stages
        return given

    def _finish(self) -> list[OutputChunk]:
        spent = StageSpent("heard_saw", 1000 * self._spent_s["heard_saw"])
        done = self._done("max_tokens" if self._grammar.is_full else "completed")
        return [*self._performance.finish(), spent, done]

    def _done(self, reason: FinishReason) -> ReplyDone:
        self.is_done = True
        return ReplyDone(reason, tuple(self.ids), self._performance.samples, self._performance.poses)

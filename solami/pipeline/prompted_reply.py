"""A reply that waits for what comes from outside: what an ear heard, before it begins, and words to say.

Voice, motion and the length of every clause are drawn as ever. Where nothing comes, the model's own words do.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from dataclasses import dataclass
from typing import Any

from solami.frames import OutputChunk, StageSpent, TextDelta
from solami.llm.drawing import Wanted, draw
from solami.llm.engine import Legal
from solami.llm.parser import Event
from solami.llm.turns import Heard, Saw
from solami.outside.clauses import ClauseFeed
from solami.outside.words import WordStream
from solami.pipeline.reply import Reply

_POLL_S = 0.05


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for one reply."""

    words: WordStream | None = None  # to say; None: the model finds its own
    heard: Future[str] | None = None  # of the user; None, or where it fails: the model hears by itself
    saw: str = ""


class PromptedReply(Reply):
    """Waits where the next words are not there yet, and takes None to write those that are."""

    def __init__(self, *parts: Any, asked: Asked, begin: Callable[[list[Heard | Saw]], None]) -> None:
        """Take what `Reply` takes, but for the header, which `begin` writes behind what was noticed of the user."""
        super().__init__(*parts)
        vocabulary, grammar = self._vocabulary, self._grammar
        limits = grammar.first_clause_tokens, grammar.clause_tokens
        self._feed = ClauseFeed(asked.words, vocabulary.encode_text, *limits) if asked.words else None
        self._asked = asked
        self._begin: Callable[[list[Heard | Saw]], None] | None = begin  # until it has begun
        self._say, self._end = vocabulary.special("<say>"), vocabulary.special("<end>")
        self._is_over = False  # the end of a clause was drawn; what follows depends on what comes
        self._is_written = False  # the running text is whole: the model adds nothing to it
        self._begun_s = time.perf_counter()
        self.said: list[tuple[int, str]] = []  # the sample from which each piece of text is said
        if asked.heard is None or asked.heard.done():
            self._note()

    @property
    def is_waiting(self) -> bool:
        """Whether it is held and has all that it may hold, or words are still to come."""
        return super().is_waiting or self._is_starved

    def wanted(self) -> Wanted | None:
        """What must be drawn next; none while it is waiting, and where something is to be written."""
        if self.is_waiting or self._begin is not None or self._wants_clause:
            return None
        return super().wanted()

    def take(self, token_id: int | None) -> list[OutputChunk]:
        """The id that was drawn, or None: what came is written."""
        if token_id is None:
            return self._write() if self._begin is None else self._open()
        if self._feed is not None and token_id in (self._say, self._end):
            self._context.took(token_id)
            self._is_over = True
            return []
        self._is_written = False
        return super().take(token_id)

    def cancel(self) -> list[OutputChunk]:
        """End the reply here."""
        if self._begin is not None:
            self._note()
        self.forsake()
        return super().cancel()

    def forsake(self) -> None:
        """Nobody wants the words any more."""
        if self._feed is not None:
            self._feed.words.cancel()

    def run(self, cancelled: Callable[[], bool] = lambda: False) -> Iterator[OutputChunk]:
        """Everything the reply gives, waiting for the words where they are late."""
        while not self.is_done:
            if cancelled():
                yield from self.cancel()
                return
            if self._is_starved:
                self._wait()
                continue
            wanted = self.wanted()
            yield from self.take(None if wanted is None else draw([wanted])[0])

    @property
    def _wants_clause(self) -> bool:
        return self._feed is not None and (self._is_over or self._grammar.clauses == 0)

    @property
    def _is_starved(self) -> bool:
        if self._begin is not None:
            return self._asked.heard is not None and not self._asked.heard.done()
        return self._wants_clause and self._feed is not None and self._feed.is_coming

    def _wait(self) -> None:
        """A while, for whatever is late."""
        if self._begin is not None and self._asked.heard is not None:
            wait([self._asked.heard], _POLL_S)
        elif self._feed is not None:
            self._feed.words.wait(_POLL_S)

    def _open(self) -> list[OutputChunk]:
        """The ear has heard, or has given up: begin."""
        self._note()
        return [] if self._performance.is_held else self._with_due([])

    def _note(self) -> None:
        """Begin, behind what was noticed of the user's turn so far."""
        assert self._begin is not None
        begun_s = time.perf_counter()
        heard, noticed = self._asked.heard, list[Heard | Saw]()
        if heard is not None and heard.done() and heard.exception() is None:
            self._grammar.leave_out(self._vocabulary.special("<heard>"))
            noticed += [Heard(heard.result())] if heard.result() else []
        if self._asked.saw:
            self._grammar.leave_out(self._vocabulary.special("<saw>"))
            noticed.append(Saw(self._asked.saw))
        begin, self._begin = self._begin, None
        begin(noticed)
        self._due += [StageSpent("ear", 1000 * (begun_s - self._begun_s))] * (heard is not None)
        self._due += [TextDelta("heard" if isinstance(part, Heard) else "saw", part.text) for part in noticed]
        self._begun_s = self._asked_s = self._took_s = time.perf_counter()
        self._due.append(StageSpent("prefill", 1000 * (self._begun_s - begun_s)))

    def _write(self) -> list[OutputChunk]:
        """The next clause, or the end."""
        ids = self._clause_ids()
        if ids:
            self._context.send_ahead(ids)
        self._asked_s = self._took_s = time.perf_counter()  # waiting for words is a stage of its own
        events = [event for token_id in ids for event in self._advance(token_id)]
        self._is_written = bool(ids)
        given = [chunk for event in events for chunk in self._performance.push(event)]
        if self._grammar.done:
            given += self._finish()
        return [] if self._performance.is_held else self._with_due(given)

    def _clause_ids(self) -> list[int]:
        """The next clause, or the end; nothing where the model is on its own from here."""
        assert self._feed is not None
        if self._is_over:
            self._context.cut(self._context.length - 1)  # the drawn end of the clause: it may be the other one
            self._is_over = False
        legal = self._grammar.legal()
        if self._grammar.clauses == 0:
            self._due.append(StageSpent("brain", 1000 * (time.perf_counter() - self._begun_s)))
        if _allows(legal, self._say):
            first = self._grammar.clauses == 0
            ids = self._feed.pop(self._grammar.first_clause_tokens if first else self._grammar.clause_tokens)
            if ids:
                return [self._say, *ids]
        if self._grammar.clauses and _allows(legal, self._end):
            self.forsake()
            return [self._end]
        self._feed = None
        return []

    def _advance(self, token_id: int) -> list[Event]:
        events = super()._advance(token_id)
        sample = self._performance.marks[-1].sample
        self.said += [(sample, each.text) for each in events if isinstance(each, TextDelta) and each.kind == "said"]
        return events

    def _resting(self, legal: Legal) -> Legal:
        legal = super()._resting(legal)
        text = self._vocabulary.text_span
        return tuple(span for span in legal if span != text) if self._is_written else legal


def _allows(legal: Legal, token_id: int) -> bool:
    return any(token_id in span for span in legal)

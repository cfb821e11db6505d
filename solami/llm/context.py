"""One session's slot as turns: written piece by piece, cut back after a barge-in, and never overflowing.

A slot that fills up is filled anew with the system's ids and the newest turns that fit (attention sinks:
https://arxiv.org/abs/2309.17453, without moving positions). Knows ids only; their meaning is the template's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from solami.errors import ConfigError
from solami.llm.engine import Engine, Legal, Sampling, Slot

TRIM_ABOVE, TRIM_TO = 0.4, 0.2  # of the context: trimming is rare and leaves room for turns to come
WRITE_LIMIT = 0.7  # what is left belongs to the reply


@dataclass(frozen=True, slots=True)
class Wanted:
    """One id that a slot wants drawn; those of many slots are drawn in one step."""

    engine: Engine
    slot: Slot
    legal: Legal
    sampling: Sampling


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A context as it was."""

    turns: tuple[list[int], ...]
    pieces: tuple[list[int], ...]
    unsent: tuple[int, ...]
    position: int
    edits: int


def draw(wanted: Sequence[Wanted]) -> list[int]:
    """An id for each, in one step; all belong to one engine. Nothing is drawn where it raises EngineError."""
    if not wanted:
        return []
    slots, legal, sampling = zip(*((each.slot, each.legal, each.sampling) for each in wanted), strict=True)
    return wanted[0].engine.step(slots, legal, sampling)


class Context:
    """A slot of an engine with the turns it holds."""

    def __init__(self, engine: Engine, system: Sequence[int], seed: int) -> None:
        """Open a slot and prefill the system's ids. Raises CapacityError, or ConfigError if they are too many."""
        self._size = engine.context_tokens
        if len(system) > self._size * TRIM_TO:
            raise ConfigError(
                f"persona text: got {len(system)} tokens, expected at most {int(self._size * TRIM_TO)} "
                f"in a context of {self._size}"
            )
        self._engine, self._system = engine, list(system)
        self._slot = engine.open(seed)
        self._turns: list[list[int]] = []  # closed ones
        self._pieces: list[list[int]] = []  # of the running turn
        self._unsent: list[int] = []  # the end of the running turn, sent with what follows
        self._edits = 0  # times that ids were taken out of the slot anywhere but at its end
        engine.prefill(self._slot, self._system)

    @property
    def room(self) -> int:
        """How many ids fit behind the running turn."""
        return self._size - self._engine.position(self._slot) - len(self._unsent)

    @property
    def length(self) -> int:
        """Ids of the running turn."""
        return sum(map(len, self._pieces))

    def trim(self) -> None:
        """Forget the oldest turns if the context is rather full; the running turn must be closed."""
        if self._size - self.room > TRIM_ABOVE * self._size:
            self._turns.append(self._take_running())
            self._refill(int(TRIM_TO * self._size), [])

    def open_turn(self, ids: Sequence[int]) -> None:
        """Start a turn with its header."""
        self._turns.append(self._take_running())
        self._append(ids)

    def write(self, ids: Sequence[int]) -> None:
        """Append one piece to the running turn; a turn too long for the context loses its oldest pieces."""
        if len(ids) > self.room - (1 - WRITE_LIMIT) * self._size:
            header, kept = self._pieces[:1], self._newest(self._pieces[1:], int(TRIM_TO * self._size))
            self._pieces = header + kept
            self._refill(len(self._system), self._pieces)
        self._append(ids)

    def close_turn(self, end: int) -> None:
        """Append the token that ends the running turn."""
        self._pieces.append([end])
        self._unsent.append(end)

    def reseed(self, seed: int) -> None:
        """Restart the random draws."""
        self._engine.reseed(self._slot, seed)

    def wanted(self, legal: Legal, sampling: Sampling) -> Wanted:
        """What `draw` needs for the next id of the running turn; `took` must follow."""
        return Wanted(self._engine, self._slot, legal, sampling)

    def took(self, token_id: int) -> None:
        """The id that was drawn for `wanted` belongs to the running turn."""
        self._pieces.append([token_id])

    def probability(self, wanted: Legal, others: Legal) -> float:
        """How likely one of `wanted` comes next rather than one of `others`."""
        return self._engine.probability(self._slot, wanted, others)

    def snapshot(self) -> Snapshot:
        """What `restore` goes back to."""
        position = self._engine.position(self._slot)
        return Snapshot(tuple(self._turns), tuple(self._pieces), tuple(self._unsent), position, self._edits)

    def restore(self, before: Snapshot) -> None:
        """As it was then; mostly that costs nothing."""
        self._turns, self._pieces, self._unsent = list(before.turns), list(before.pieces), list(before.unsent)
        if self._edits == before.edits:
            self._engine.rollback(self._slot, before.position)
            return
        self._engine.rollback(self._slot, len(self._system))
        for ids in [*self._turns, *self._pieces]:
            self._engine.prefill(self._slot, ids)
        self._unsent = []

    def cut(self, length: int) -> None:
        """Keep the first `length` ids of the running turn."""
        self._engine.prefill(self._slot, self._unsent)
        self._unsent = []
        start = self._engine.position(self._slot) - self.length
        self._engine.rollback(self._slot, start + length)
        self._pieces = [self._take_running()[:length]]

    def close(self) -> None:
        """Free the slot."""
        self._engine.close(self._slot)

    def _append(self, ids: Sequence[int]) -> None:
        self._pieces.append(list(ids))
        self._engine.prefill(self._slot, [*self._unsent, *ids])
        self._unsent = []

    def _take_running(self) -> list[int]:
        ids, self._pieces = [i for piece in self._pieces for i in piece], []
        return ids

    def _refill(self, budget: int, pieces: Sequence[Sequence[int]]) -> None:
        """The system's ids, the newest closed turns within `budget` ids in all, then `pieces`."""
        self._edits += 1
        self._turns = self._newest(self._turns, budget - len(self._system))
        self._engine.rollback(self._slot, len(self._system))
        for ids in [*self._turns, *pieces]:
            self._engine.prefill(self._slot, ids)
        self._unsent = []

    def _newest(self, items: list[list[int]], budget: int) -> list[list[int]]:
        """The longest run of last items whose ids are at most `budget` in all."""
        start, total = len(items), 0
        while start > 0 and total + len(items[start - 1]) <= budget:
            start -= 1
            total += len(items[start])
        return items[start:]

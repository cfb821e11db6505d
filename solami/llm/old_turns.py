"""The closed turns of a slot as they grow old: they fade to their words, go, and come back when the talk does.

Edits the slot behind the system's ids and in front of the running turn. Knows ids only, and which of them are codes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from solami.llm.engine import Engine, Legal, Slot
from solami.llm.recall import most_alike

ARCHIVED = 200  # exchanges whose words are kept aside


@dataclass(frozen=True, slots=True)
class ClosedTurn:
    """One side's turn, with the number of the exchange it belongs to."""

    number: int
    ids: tuple[int, ...]
    is_faded: bool = False


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Numbers of exchanges: of which only words are left, and of which nothing is."""

    faded: tuple[int, ...] = ()
    gone: tuple[int, ...] = ()


class OldTurns:
    """One slot's."""

    def __init__(self, engine: Engine, slot: Slot, start: int, codes: Legal) -> None:
        """`start`: the position behind the system's ids."""
        self._engine, self._slot, self._start, self._codes = engine, slot, start, codes
        self.turns: list[ClosedTurn] = []
        self.edits = 0  # times that ids were taken out of the slot
        self._archive: dict[int, tuple[int, ...]] = {}  # exchanges whose words are gone from the slot
        self._faded: list[int] = []
        self._gone: list[int] = []

    @property
    def size(self) -> int:
        """Ids of all turns."""
        return sum(len(turn.ids) for turn in self.turns)

    @property
    def last(self) -> int:
        """Number of the newest exchange."""
        return self.turns[-1].number

    def move(self, slot: Slot, last: int) -> None:
        """The turns up to this number are now in another slot; those behind it never were."""
        self._slot, self.turns = slot, [turn for turn in self.turns if turn.number <= last]
        self.edits += 1

    def take_forgotten(self) -> Forgotten:
        """What faded or went since the last call."""
        gone = tuple(dict.fromkeys(self._gone))
        faded = tuple(number for number in dict.fromkeys(self._faded) if number not in gone)
        self._faded, self._gone = [], []
        return Forgotten(faded, gone)

    def trim(self, most: int, words: int) -> None:
        """Get down to `most` ids, of which faded turns take at most `words`; the newest exchange is the last to go."""
        while sum(len(turn.ids) for turn in self.turns if turn.is_faded) > words:
            self.let_go(next(turn.number for turn in self.turns if turn.is_faded))
        while self.turns and self.size > most:
            oldest = next((turn.number for turn in self.turns if not turn.is_faded), self.last)
            if oldest != self.last:
                self._fade(oldest)
            else:
                self.let_go(self.turns[0].number)

    def recalled(self, words: int) -> tuple[int, ...]:
        """The words, at most so many, of an exchange that is gone and that the newest one comes back to.

        They count as the newest turn from here on; the caller writes them to the slot.
        """
        newest = [i for turn in self.turns if turn.number == self.last for i in turn.ids] if self.turns else []
        number = most_alike(self._words(newest), self._archive)
        if number is None or len(self._archive[number]) > words:
            return ()
        ids = self._archive.pop(number)
        self.turns.append(ClosedTurn(number, ids, is_faded=True))
        return ids

    def let_go(self, number: int) -> None:
        """Take an exchange out of the slot and keep its words aside."""
        words: tuple[int, ...] = ()
        for index in reversed([n for n, turn in enumerate(self.turns) if turn.number == number]):
            start, ids = self._place(index), self.turns[index].ids
            self.forget(start, start + len(ids))
            words = self._words(ids) + words
            del self.turns[index]
        self._archive[number] = words
        self._gone.append(number)
        if len(self._archive) > ARCHIVED:
            del self._archive[next(iter(self._archive))]

    def forget(self, start: int, stop: int) -> None:
        """Take positions out of the slot, as far as they were sent."""
        stop = min(stop, self._engine.position(self._slot))
        if start < stop:
            self._engine.forget(self._slot, start, stop)
            self.edits += 1

    def _fade(self, number: int) -> None:
        """Take the codes of an exchange out of the slot; its words keep what they took from them."""
        for index, turn in enumerate(self.turns):
            if turn.number == number and not turn.is_faded:
                self._forget_codes(self._place(index), turn.ids)
                self.turns[index] = replace(turn, ids=self._words(turn.ids), is_faded=True)
        self._faded.append(number)

    def _forget_codes(self, start: int, ids: Sequence[int]) -> None:
        """From behind, so that the places before stay."""
        stop = len(ids)
        for n in range(len(ids) - 1, -2, -1):
            if n < 0 or not self._is_code(ids[n]):
                self.forget(start + n + 1, start + stop)
                stop = n

    def _words(self, ids: Sequence[int]) -> tuple[int, ...]:
        return tuple(i for i in ids if not self._is_code(i))

    def _is_code(self, token_id: int) -> bool:
        return any(token_id in span for span in self._codes)

    def _place(self, index: int) -> int:
        """Position of a turn."""
        return self._start + sum(len(turn.ids) for turn in self.turns[:index])

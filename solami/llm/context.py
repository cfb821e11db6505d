"""One session's slot as turns: written piece by piece, cut back after a barge-in, and never overflowing.

The system's ids stay in front (attention sinks: https://arxiv.org/abs/2309.17453). As turns grow old they fade: their
codes are taken out and their words stay. Words that grow too many go too; an exchange that the talk comes back to is
written in again. Knows ids only; what they mean is the template's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from solami.errors import ConfigError
from solami.frames import FloatArray
from solami.llm.drawing import Wanted
from solami.llm.engine import AdapterId, Engine, Legal, Sampling
from solami.llm.old_turns import ClosedTurn, Forgotten, OldTurns

USED, WORDS = 0.35, 0.1  # of the context: what closed turns and the system may take, and faded words of it
SYSTEM_LIMIT = 0.2
WRITE_LIMIT = 0.7  # what is left belongs to the reply
KEPT_PIECES = 0.2  # of a turn that is too long for the context


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A context as it was."""

    turns: tuple[ClosedTurn, ...]
    pieces: tuple[list[int], ...]
    unsent: tuple[int, ...]
    position: int
    edits: int


class Context:
    """A slot of an engine with the turns it holds."""

    def __init__(
        self,
        engine: Engine,
        system: Sequence[int],
        seed: int,
        codes: Legal = (),
        adapter: AdapterId | None = None,
    ) -> None:
        """Open a slot, with a LoRA that the engine has loaded or none, and prefill the system's ids.

        `codes` are the ids that fade.

        Raises CapacityError, or ConfigError if the system's ids are too many.
        """
        self._size = engine.context_tokens
        if len(system) > self._size * SYSTEM_LIMIT:
            raise ConfigError(
                f"persona text: got {len(system)} tokens, expected at most {int(self._size * SYSTEM_LIMIT)} "
                f"in a context of {self._size}"
            )
        self._engine, self._system, self._seed, self._adapter = engine, list(system), seed, adapter
        self._slot = engine.open(seed, adapter)
        self._old = OldTurns(engine, self._slot, len(system), codes)
        self._number = 0  # of the running turn's exchange
        self._pieces: list[list[int]] = []  # of the running turn
        self._unsent: list[int] = []  # the end of the running turn, sent with what follows
        engine.prefill(self._slot, self._system)

    @property
    def room(self) -> int:
        """How many ids fit behind the running turn."""
        return self._size - self._engine.position(self._slot) - len(self._unsent)

    @property
    def length(self) -> int:
        """Ids of the running turn."""
        return sum(map(len, self._pieces))

    @property
    def number(self) -> int:
        """Of the running turn's exchange."""
        return self._number

    def take_forgotten(self) -> Forgotten:
        """Which exchanges faded or went since the last call."""
        return self._old.take_forgotten()

    def trim(self) -> None:
        """Let old turns fade and go, if the context is rather full; the running turn must be closed."""
        self._close_running()
        words = int(WORDS * self._size)
        self._old.trim(int(USED * self._size) - len(self._system), words)
        if not self._old.turns:
            self._unsent = []
        if recalled := self._old.recalled(words // 2):
            self._engine.prefill(self._slot, [*self._unsent, *recalled])
            self._unsent = []

    def open_turn(self, ids: Sequence[int], number: int = 0) -> None:
        """Start a turn with its header; `number` is its exchange's."""
        self._close_running()
        self._number = number
        self._append(ids)

    def write(self, ids: Sequence[int]) -> None:
        """Append one piece to the running turn; a turn too long for the context loses its oldest pieces."""
        if len(ids) > self.room - (1 - WRITE_LIMIT) * self._size:
            self._shorten()
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

    def send_ahead(self, ids: Sequence[int]) -> None:
        """Send ids that nobody draws, such as words from outside; `took` follows for those that are to stay."""
        self._engine.prefill(self._slot, [*self._unsent, *ids])
        self._unsent = []

    @property
    def row(self) -> FloatArray | None:
        """The model's row behind the newest id, where the engine keeps one."""
        return self._engine.row(self._slot)

    def snapshot(self) -> Snapshot:
        """What `restore` goes back to."""
        position = self._engine.position(self._slot)
        return Snapshot(tuple(self._old.turns), tuple(self._pieces), tuple(self._unsent), position, self._old.edits)

    def restore(self, before: Snapshot) -> None:
        """As it was then; mostly that costs nothing."""
        self._old.turns, self._pieces, self._unsent = list(before.turns), list(before.pieces), list(before.unsent)
        if self._old.edits == before.edits:
            self._engine.rollback(self._slot, before.position)
            return
        self._engine.rollback(self._slot, len(self._system))
        for ids in [*(turn.ids for turn in self._old.turns), *self._pieces]:
            self._engine.prefill(self._slot, ids)
        self._unsent = []

    def cut(self, length: int) -> None:
        """Keep the first `length` ids of the running turn."""
        self._engine.prefill(self._slot, self._unsent)
        self._unsent = []
        start = self._engine.position(self._slot) - self.length
        self._engine.rollback(self._slot, start + length)
        self._pieces = [[i for piece in self._pieces for i in piece][:length]]

    def close(self) -> None:
        """Free the slot."""
        self._engine.close(self._slot)

    def reopen(self, last: int) -> None:
        """After `close`: a fresh slot that holds the exchanges up to `last`. Raises CapacityError when full."""
        self._slot = self._engine.open(self._seed, self._adapter)
        self._close_running()
        self._unsent = []
        self._old.move(self._slot, last)
        try:
            for ids in [self._system, *(turn.ids for turn in self._old.turns)]:
                self._engine.prefill(self._slot, ids)
        except Exception:
            self.close()
            raise

    def _append(self, ids: Sequence[int]) -> None:
        self._pieces.append(list(ids))
        self._engine.prefill(self._slot, [*self._unsent, *ids])
        self._unsent = []

    def _close_running(self) -> None:
        if any(self._pieces):
            self._old.turns.append(ClosedTurn(self._number, tuple(i for piece in self._pieces for i in piece)))
        self._pieces = []

    def _shorten(self) -> None:
        """Make room for a turn that is too long: of it and of all before it only the newest pieces stay."""
        for number in dict.fromkeys([turn.number for turn in self._old.turns]):
            self._old.let_go(number)
        kept, total = len(self._pieces), 0
        while kept > 1 and total + len(self._pieces[kept - 1]) <= KEPT_PIECES * self._size:
            kept -= 1
            total += len(self._pieces[kept])
        start = len(self._system) + len(self._pieces[0])
        self._old.forget(start, start + sum(map(len, self._pieces[1:kept])))
        self._pieces = [self._pieces[0], *self._pieces[kept:]]

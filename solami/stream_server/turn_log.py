"""Which turns of a session have ended and which reply answered each: the items that events name."""

from __future__ import annotations


class TurnLog:
    """One session's; turns are counted from 1."""

    def __init__(self) -> None:
        self.count = 0
        self._first = 0  # turns before the present conversation
        self._answers: dict[int, int] = {}  # turn -> epoch of its reply

    @property
    def in_conversation(self) -> int:
        """Turns that have ended in the present conversation."""
        return self.count - self._first

    def restart(self) -> None:
        """The client has asked for a new conversation: turns are counted anew."""
        self.count = self._first = 0
        self._answers.clear()

    def new_conversation(self) -> None:
        """A conversation begins that knows nothing of the turns so far."""
        self._first = self.count

    def ended(self) -> int:
        """One more turn of the user has ended; its number."""
        self.count += 1
        return self.count

    def answered(self, epoch: int) -> None:
        """The reply to the last turn has begun."""
        self._answers[self.count] = epoch

    def items(self, turn: int) -> tuple[str, ...]:
        """The items of a turn of the present conversation and of the reply to it."""
        number = turn + self._first
        epoch = self._answers.get(number)
        return (f"item_u{number}",) if epoch is None else (f"item_u{number}", f"item_r{epoch}")

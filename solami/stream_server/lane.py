"""One session's way to the compute thread and back: an inbox of bounded pieces of work and a bounded outbox."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from solami.body.timing import cut
from solami.errors import ProtocolError
from solami.stream_server.commands import AudioIn, Cancel, Command, MotionIn, Playback, Truncate
from solami.stream_server.outputs import Output
from solami.stream_server.turns import TurnRunner

OUTBOX_ITEMS = 256
INBOX_BYTES = 8 << 20  # nearly three minutes of audio at 24 kHz
PIECE_BYTES = 3200  # of audio that are worked on at once, 67 to 100 ms: nobody waits for a second of somebody's input
PIECE_POSES = 6


class Lane:
    """Its left end is used on the event loop, its right end on the compute thread."""

    def __init__(
        self,
        make_runner: Callable[[Callable[[Output], None]], TurnRunner],
        wake: Callable[[], None],
        session: str = "-",
    ) -> None:
        self.session = session  # its id, for the log
        self.outbox: asyncio.Queue[Any] = asyncio.Queue()  # outputs, and what the event loop adds
        self.inbox: deque[Command] = deque()
        self.controls: deque[Command] = deque()  # cheap, and ahead of all input
        self.is_closed = False
        self.talked_s = float("-inf")  # when the user or the character last spoke, on the worker's clock
        self._inbox_bytes = 0
        self._pending = 0  # outputs that are not sent yet
        self._loop, self._wake = asyncio.get_running_loop(), wake
        self.runner = make_runner(self.emit)

    # On the event loop.

    def submit(self, command: Command) -> None:
        """Queue a command. Raises ProtocolError `input_overflow` when far behind."""
        if isinstance(command, Cancel | Truncate | Playback):
            self.controls.append(command)
        else:
            size = _size(command)
            if self._inbox_bytes + size > INBOX_BYTES:
                raise ProtocolError("input_overflow", "Input arrives faster than it can be taken; slow down.")
            self._inbox_bytes += size
            self.inbox.extend(_pieces(command))
        self._wake()

    def cancel(self, epoch: int) -> None:
        """Stop the reply at its next token, ahead of anything queued."""
        self.runner.cancel(epoch)

    def sent(self) -> None:
        """One output has left."""
        self._pending -= 1
        self._wake()

    def close(self) -> None:
        """The session is over; the worker frees it."""
        self.cancel(2**32 - 1)
        self.is_closed = True
        self._wake()

    # On the compute thread.

    def take(self) -> Command:
        """The next piece of input."""
        command = self.inbox.popleft()
        self._inbox_bytes -= _size(command)
        return command

    def emit(self, output: Output) -> None:
        """Something for the client."""
        if not self.is_closed:
            self._pending += 1
            self._loop.call_soon_threadsafe(self.outbox.put_nowait, output)

    @property
    def has_input(self) -> bool:
        """Whether there is something to take, or the lane must be freed."""
        return self.is_closed or bool(self.inbox or self.controls)

    @property
    def has_room(self) -> bool:
        """Whether the client takes what it is sent."""
        return self._pending < OUTBOX_ITEMS and not self.is_closed


def _size(command: Command) -> int:
    """What a command counts; pieces of one add up to the whole, but for their own weight."""
    return len(command.pcm) if isinstance(command, AudioIn) else 64


def _pieces(command: Command) -> Iterator[Command]:
    """A command as pieces that take a few milliseconds each."""
    match command:
        case AudioIn(pcm):
            for start in range(0, len(pcm), PIECE_BYTES):
                yield AudioIn(pcm[start : start + PIECE_BYTES])
        case MotionIn(motion):
            count = len(motion.rotations)
            for start in range(0, count, PIECE_POSES):
                yield MotionIn(cut(motion, start, min(count, start + PIECE_POSES)))
        case _:
            yield command

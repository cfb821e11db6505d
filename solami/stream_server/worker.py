"""The compute thread: every session's pipeline work happens here, one piece at a time, never on the event loop.

One inbox and one bounded outbox for each session. A full outbox pauses that session's reply and nobody else's.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import deque
from types import TracebackType

from solami.errors import CapacityError, ConfigError, EngineError, InputError, ProtocolError, SolamiError
from solami.stream_server.backend import AudioIn, Backend, Command, Failed, Output
from solami.stream_server.session import Outgoing
from solami.stream_server.settings import SessionSettings
from solami.stream_server.turns import TurnRunner

logger = logging.getLogger(__name__)

OUTBOX_ITEMS = 256
INBOX_BYTES = 8 << 20  # nearly three minutes of audio at 24 kHz
_CODES: tuple[tuple[type[SolamiError], str], ...] = (
    (ConfigError, "invalid_session"),
    (InputError, "invalid_input"),
    (EngineError, "context_full"),
)


class Lane:
    """One session's way to the compute thread and back."""

    def __init__(self, worker: ComputeWorker, settings: SessionSettings) -> None:
        self.outbox: asyncio.Queue[Output | Outgoing] = asyncio.Queue()
        self.inbox: deque[Command] = deque()
        self.is_closed = False
        self._inbox_bytes = 0
        self._pending = 0  # outputs that are not sent yet
        self._worker, self._loop = worker, asyncio.get_running_loop()
        self.runner = TurnRunner(worker.backend, settings, self._emit)

    def submit(self, command: Command) -> None:
        """From the event loop: queue a command. Raises ProtocolError `input_overflow` when far behind."""
        size = _size(command)
        if self._inbox_bytes + size > INBOX_BYTES:
            raise ProtocolError("input_overflow", "Input arrives faster than it can be taken; slow down.")
        self._inbox_bytes += size
        self.inbox.append(command)
        self._worker.wake()

    def cancel(self, epoch: int) -> None:
        """From the event loop: stop the reply at its next token, ahead of anything queued."""
        self.runner.cancelled_epoch = max(self.runner.cancelled_epoch, epoch)

    def sent(self) -> None:
        """From the event loop: one output has left."""
        self._pending -= 1
        self._worker.wake()

    def close(self) -> None:
        """From the event loop: the session is over; the worker frees it."""
        self.cancel(2**32 - 1)
        self.is_closed = True
        self._worker.wake()

    def take(self) -> Command:
        """On the compute thread."""
        command = self.inbox.popleft()
        self._inbox_bytes -= _size(command)
        return command

    @property
    def has_work(self) -> bool:
        """On the compute thread."""
        if self.is_closed or self.inbox:
            return True
        is_wanted = self.runner.is_replying or self.runner.is_idle_due(time.perf_counter())
        return is_wanted and self._pending < OUTBOX_ITEMS

    def _emit(self, output: Output) -> None:
        if not self.is_closed:
            self._pending += 1
            self._loop.call_soon_threadsafe(self.outbox.put_nowait, output)

    def fail(self, failed: Failed) -> None:
        """On the compute thread."""
        self._emit(failed)


def _size(command: Command) -> int:
    return 64 + (len(command.pcm) if isinstance(command, AudioIn) else 0)


class ComputeWorker:
    """Runs lanes in turn on one thread."""

    def __init__(self, backend: Backend) -> None:
        self.backend = backend
        self._lanes: list[Lane] = []
        self._wake = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="solami-compute", daemon=True)

    def __enter__(self) -> ComputeWorker:
        self._thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        with self._wake:
            self._stopping = True
            self._wake.notify()
        self._thread.join(timeout=10)

    @property
    def is_alive(self) -> bool:
        """Whether commands are being taken."""
        return self._thread.is_alive()

    @property
    def num_lanes(self) -> int:
        """Open sessions."""
        return len(self._lanes)

    def open_lane(self, settings: SessionSettings) -> Lane:
        """From the event loop: a lane for a new session."""
        lane = Lane(self, settings)
        with self._wake:
            self._lanes.append(lane)
        return lane

    def wake(self) -> None:
        """Something may have to be done."""
        with self._wake:
            self._wake.notify()

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(
                    lambda: self._stopping or any(lane.has_work for lane in self._lanes), self._idle_wait_s()
                )
                if self._stopping:
                    break
                ready = [lane for lane in self._lanes if lane.has_work]
            for lane in ready:
                self._visit(lane)
        for lane in self._lanes:
            lane.runner.close()

    def _idle_wait_s(self) -> float | None:
        """How long until some character's next idle beat is due; none where no session has asked for them."""
        due = [due_s for lane in self._lanes if (due_s := lane.runner.idle_due_s(time.perf_counter())) is not None]
        return max(0.002, min(due) - time.perf_counter()) if due else None

    def _visit(self, lane: Lane) -> None:
        """What is in the inbox, then one piece of the reply."""
        try:
            if lane.is_closed:
                self._free(lane)
                return
            while lane.inbox:
                lane.runner.accept(lane.take())
            if lane.has_work and lane.runner.is_replying:
                lane.runner.advance()
            elif lane.has_work and lane.runner.is_idle_due(now_s := time.perf_counter()):
                lane.runner.idle(now_s)
        except ProtocolError as error:  # the client's mistake: nothing of the session is lost
            lane.fail(Failed(error.code, str(error)))
        except CapacityError as error:
            lane.fail(Failed("session_limit_reached", str(error), retry_after_s=error.retry_after_s))
        except SolamiError as error:
            code = next((code for kind, code in _CODES if isinstance(error, kind)), "internal_error")
            self._give_up(lane, code, str(error))
        except Exception:  # a bug in the pipeline must not end the thread that serves everyone
            logger.exception("a turn failed")
            self._give_up(lane, "internal_error", "The server failed in this turn; the conversation starts anew.")

    def _give_up(self, lane: Lane, code: str, message: str) -> None:
        epoch = 0
        if code != "invalid_session":
            try:
                epoch = lane.runner.fail()
            except Exception:
                logger.exception("a failed turn could not be cleaned up")
        lane.fail(Failed(code, message, epoch))

    def _free(self, lane: Lane) -> None:
        with self._wake:
            self._lanes.remove(lane)
        lane.runner.close()

"""One session on the compute thread: commands in, outputs out, no event loop.

Input that arrives while the character replies waits for the next turn, except that a voice interrupts. How input is
taken is the business of `intake`, whose turn it is that of `dialogue`.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Any

from solami.errors import ProtocolError
from solami.stream_server import backend as be
from solami.stream_server import commands as cmd
from solami.stream_server import outputs as op
from solami.stream_server.dialogue import Dialogue
from solami.stream_server.idling import Idling
from solami.stream_server.intake import Intake
from solami.stream_server.interludes import Interludes
from solami.stream_server.load import Load
from solami.stream_server.pacing import Need, Pacing
from solami.stream_server.settings import SessionSettings

MAX_WAITING = 6000  # commands held back while the character speaks: two minutes of 20 ms audio


def _input_of(settings: SessionSettings) -> tuple[object, ...]:
    return settings.input_audio_format, settings.turn_detection, settings.input_motion


class TurnRunner:
    """Owns one dialogue."""

    def __init__(
        self,
        backend: be.Backend,
        settings: SessionSettings,
        emit: Callable[[op.Output], None],
        load: Load | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """Without a `load` the runner is alone and nothing is hurried."""
        self._emit = emit
        self._dialogue = Dialogue(backend, settings, emit, load or Load(Pacing()), clock)
        self._answering = self._dialogue.answering
        self._interludes = Interludes(self._dialogue, emit)
        self._waiting: deque[cmd.Command] = deque()
        self._intake = Intake(self._dialogue, backend.sample_rate, emit)

    @property
    def is_replying(self) -> bool:
        """Whether a reply is being given."""
        return self._dialogue.phase == "replying"

    @property
    def is_active(self) -> bool:
        """Whether somebody speaks: the user in an open turn, or the character until its sound has been played."""
        return self._dialogue.phase in ("listening", "replying") or self._answering.is_audible()

    def need(self, now_s: float) -> Need | None:
        """The claim of a reply, given or on trial, to the next step; none where there is nothing to do."""
        return self._answering.need(now_s)

    def wanted(self) -> Any:
        """What the backend must draw for the reply; None where it goes on by itself. `take` must follow."""
        assert self._answering.reply is not None
        return self._answering.reply.source.wanted()

    def take(self, token_id: int | None, drawn_s: float = 0.0) -> None:
        """The id drawn for the reply, and its share of the time that took."""
        self._answering.take(token_id, drawn_s)
        if self._answering.reply is not None and self._answering.reply.is_done:
            self._finish()

    def inherit(self, other: TurnRunner, epoch: int) -> None:
        """Before anything else: go on from a runner whose thread died, and which gave replies up to `epoch`."""
        self._dialogue.inherit(other._dialogue, epoch)
        self._intake.inherit(other._intake)

    def cancel(self, epoch: int) -> None:
        """From the event loop: replies up to this one go no further, ahead of anything queued."""
        self._answering.cancelled_epoch = max(self._answering.cancelled_epoch, epoch)

    def fire(self, rule: str) -> None:
        """A rule of the worker's has touched the reply."""
        self._answering.fire(rule)

    def accept(self, command: cmd.Command) -> None:
        """Take one command; input for the next turn waits while a reply is generated."""
        match command:
            case cmd.Configure(settings):
                self._configure(settings)
            case cmd.Cancel(epoch):
                self._dialogue.stop(epoch)
                self._resume()
            case cmd.Playback(epoch, sample, at_s):
                reply = self._answering.reply
                if reply is not None and reply.epoch == epoch:  # else of a reply that is over
                    reply.report_playback(sample, at_s)
            case cmd.Truncate(epoch, heard_ms):
                self._dialogue.truncate(epoch, heard_ms)
                self._resume()
            case cmd.AudioIn(pcm) if self._intake.is_listening:
                self._intake.hear(pcm)
                self._resume()
            case cmd.MotionIn() | cmd.TrackersIn() if self._intake.is_listening:
                self._intake.take(command)  # between turns the ear keeps the last of it
            case _ if self.is_replying:
                self._wait(command)
            case _:
                self._intake.take(command)

    def idle_due_s(self, now_s: float) -> float | None:
        """When the next idle beat must be sent; none where there are none, or once a reply moves the body."""
        return self._interludes.due_s(now_s)

    def idle(self, now_s: float) -> None:
        """Send one beat of idle or listening motion; while a reply is late, with a nod that fills the time."""
        self._interludes.show(now_s)

    def fail(self) -> int:
        """After an exception: the turn is lost, the session goes on. Returns the epoch that died, or 0."""
        self._waiting.clear()
        self._intake.renew()
        return self._dialogue.fail()

    def close(self) -> None:
        """The session is over."""
        self._dialogue.close()

    def _configure(self, settings: SessionSettings) -> None:
        self._intake.settle()
        dialogue, old = self._dialogue, self._dialogue.settings
        if dialogue.phase == "listening" and _input_of(settings) != _input_of(old):
            raise ProtocolError("invalid_session", "The input settings cannot change while a turn is open.")
        if (settings.persona, settings.seed) != (old.persona, old.seed):
            dialogue.begin(settings)
            self._waiting.clear()
        dialogue.opened()
        if settings.output_audio_rate != old.output_audio_rate:
            dialogue.idling = Idling(settings.output_audio_rate)
        dialogue.settings = settings
        if dialogue.phase != "listening":
            self._intake.renew()
        self._emit(op.Configured(settings))

    def _wait(self, command: cmd.Command) -> None:
        if len(self._waiting) >= MAX_WAITING:
            raise ProtocolError("input_overflow", "Too much input arrived while the character was replying.")
        self._waiting.append(command)

    def _finish(self) -> None:
        self._dialogue.finish()
        self._resume()

    def _resume(self) -> None:
        """Once the reply is generated, what waited can be heard."""
        while self._waiting and not self.is_replying:
            self._intake.take(self._waiting.popleft())

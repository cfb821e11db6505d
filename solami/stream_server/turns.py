"""One session's turns on the compute thread: commands in, outputs out, no event loop.

Phases: idle -> listening (a turn is open) -> ready (it has ended) -> replying -> idle. Input that arrives while the
character replies waits for the next turn, except that a started voice interrupts.
"""

from __future__ import annotations

import hashlib
import time
from collections import deque
from collections.abc import Callable
from typing import Literal

import numpy as np

from solami.body.trackers import TrackerChunk
from solami.errors import ConfigError, ProtocolError
from solami.frames import FloatArray, MotionChunk, Placement
from solami.stream_server import backend as be
from solami.stream_server.endpointing import pauses_of
from solami.stream_server.idling import Idles, Idling
from solami.stream_server.listening import Ear
from solami.stream_server.protocol import pcm16_to_samples
from solami.stream_server.replying import ReplyStream
from solami.stream_server.settings import SessionSettings

Phase = Literal["idle", "listening", "ready", "replying"]
MAX_WAITING = 6000  # commands held back while the character speaks: two minutes of 20 ms audio


def reply_seed(seed: int, turn: int) -> int:
    """The seed of a turn's reply, from the session's seed and the turn's index."""
    return int.from_bytes(hashlib.sha256(f"{seed}:{turn}".encode()).digest()[:4], "little")


def _input_of(settings: SessionSettings) -> tuple[object, ...]:
    return settings.input_audio_format, settings.turn_detection, settings.input_motion


class TurnRunner:
    """Owns one conversation."""

    def __init__(self, backend: be.Backend, settings: SessionSettings, emit: Callable[[be.Output], None]) -> None:
        self._backend, self._settings, self._emit = backend, settings, emit
        self._conversation: be.Conversation | None = None
        self._ear = Ear(settings, backend.sample_rate)
        self._idling = Idling(settings.output_audio_rate)
        self._phase: Phase = "idle"
        self._reply: ReplyStream | None = None
        self._waiting: deque[be.Command] = deque()
        self._hears = self._sees = False  # what the open turn takes
        self._turn = 0
        self._epoch = 0
        self.cancelled_epoch = 0  # written by the event loop: replies up to this one stop at the next token

    @property
    def is_replying(self) -> bool:
        """Whether `advance` has something to do."""
        return self._phase == "replying"

    @property
    def _is_typed(self) -> bool:
        return self._phase == "listening" and not (self._hears or self._sees)

    def accept(self, command: be.Command) -> None:
        """Take one command; input for the next turn waits while a reply is generated."""
        match command:
            case be.Configure(settings):
                self._configure(settings)
            case be.Cancel(epoch):
                self._interrupt(epoch)
            case be.Playback(epoch, sample, at_s) if self._reply and self._reply.epoch == epoch:
                self._reply.report_playback(sample, at_s)
            case be.Playback():
                pass  # of a reply that is over
            case be.Truncate(epoch, heard_ms):
                self._truncate(epoch, heard_ms)
            case be.AudioIn(pcm) if self._ear.detector:
                self._listen(pcm)
            case _ if self.is_replying:
                self._wait(command)
            case _:
                self._take(command)

    def advance(self) -> None:
        """Generate one more piece of the reply."""
        assert self._reply is not None
        for output in self._reply.next_outputs():
            self._emit(output)
        if self._reply.is_done:
            self._finish()

    def idle_due_s(self, now_s: float) -> float | None:
        """When the next idle beat must be sent; none where there are none, or while a reply is generated."""
        is_wanted = self._settings.idle_motion and self._phase in ("idle", "listening")
        if not is_wanted or not isinstance(self._conversation, Idles):
            return None
        return self._idling.due_s(self._reply_ends_s(now_s))

    def is_idle_due(self, now_s: float) -> bool:
        """Whether `idle` has something to do."""
        due_s = self.idle_due_s(now_s)
        return due_s is not None and due_s <= now_s

    def idle(self, now_s: float) -> None:
        """Send one beat of idle or listening motion."""
        assert isinstance(self._conversation, Idles)
        ends_s = self._reply_ends_s(now_s)
        beat = self._idling.beat(self._conversation, now_s, ends_s, listening=self._phase == "listening")
        if beat is not None:
            self._emit(beat)

    def _reply_ends_s(self, now_s: float) -> float:
        return 0.0 if self._reply is None else self._reply.ends_s(now_s)

    def fail(self) -> int:
        """After an exception: forget the conversation, keep the session. Returns the epoch that died, or 0."""
        epoch = self._reply.epoch if self._reply and self.is_replying else 0
        self._phase, self._reply = "idle", None
        self._waiting.clear()
        conversation, self._conversation = self._conversation, None
        self._ear = Ear(self._settings, self._backend.sample_rate)
        if conversation is not None:
            conversation.close()
        return epoch

    def close(self) -> None:
        """The session is over."""
        if self._conversation is not None:
            self._conversation.close()
            self._conversation = None

    def _configure(self, settings: SessionSettings) -> None:
        if self._phase == "listening" and _input_of(settings) != _input_of(self._settings):
            raise ProtocolError("invalid_session", "The input settings cannot change while a turn is open.")
        old = self._settings
        if (settings.persona, settings.seed) != (old.persona, old.seed) or self._conversation is None:
            self._check_persona(settings.persona)  # an unknown persona leaves all as it was
            self._abandon_reply()
            self._waiting.clear()
            self.close()  # before the next opens: the engine may have no slot to spare
            self._phase, self._reply, self._turn = "idle", None, 0
            self._conversation = self._backend.open(settings.persona, settings.seed)
        if settings.output_audio_rate != old.output_audio_rate:
            self._idling = Idling(settings.output_audio_rate)
        self._settings = settings
        if self._phase != "listening":
            self._ear = Ear(settings, self._backend.sample_rate)
        self._emit(be.Configured(settings))

    def _check_persona(self, name: str) -> None:
        known = sorted(card.name for card in self._backend.personas())
        if name not in known:
            raise ConfigError(f"no persona {name!r}; expected one of: {', '.join(known)}")

    def _wait(self, command: be.Command) -> None:
        if len(self._waiting) >= MAX_WAITING:
            raise ProtocolError("input_overflow", "Too much input arrived while the character was replying.")
        self._waiting.append(command)

    def _take(self, command: be.Command) -> None:
        match command:
            case be.TrackersIn(trackers):
                self._take(be.MotionIn(self._solved(trackers)))
            case be.AudioIn() | be.MotionIn() if self._is_typed:
                pass  # a turn opened by typed words takes neither
            case be.AudioIn(pcm):
                samples = self._ear.resample(pcm16_to_samples(pcm))
                self._idling.hear(samples, self._backend.sample_rate)
                self._open_turn(speech=True).push_audio(samples)
            case be.MotionIn(motion) if self._settings.turn_detection and self._phase != "listening":
                self._ear.keep_poses(motion)
            case be.MotionIn(motion):
                self._open_turn(speech=self._settings.input_audio_format is not None).push_motion(motion)
            case be.TextIn(text):
                self._open_turn(speech=False, body=False).push_text(text)
            case be.EndTurn():
                self._end_turn()
            case be.Respond(at_s):
                if self._phase == "listening":
                    self._end_turn()
                self._respond(at_s, 0.0, 0.0)
            case be.ClearInput():
                self._clear()
            case _:
                raise AssertionError(command)

    def _solved(self, trackers: TrackerChunk) -> MotionChunk:
        """The user's body from three points."""
        conversation = self._opened()
        motion = conversation.solve(trackers) if isinstance(conversation, be.SolvesTrackers) else None
        if motion is None:
            raise ProtocolError("motion_not_declared", "This model makes no body from three points; send a full body.")
        return motion

    def _opened(self) -> be.Conversation:
        if self._conversation is None:
            self._conversation = self._backend.open(self._settings.persona, self._settings.seed)
        return self._conversation

    def _open_turn(self, *, speech: bool, body: bool = True) -> be.Conversation:
        conversation = self._opened()
        if self._phase != "listening":
            place = self._settings.placement
            body = body and self._settings.input_motion is not None
            where = Placement(place.distance_m, place.bearing_rad, place.facing_rad) if place and body else None
            conversation.begin_turn(speech=speech, body=body, placement=where)
            self._phase, self._hears, self._sees = "listening", speech, body
        return conversation

    def _end_turn(self) -> None:
        if self._phase != "listening" or self._conversation is None:
            raise ProtocolError("input_audio_buffer_commit_empty", "There is no input to commit.")
        rest = self._ear.flush() if self._settings.input_audio_format else None
        if rest is not None and len(rest):
            self._conversation.push_audio(rest)
        self._ear = Ear(self._settings, self._backend.sample_rate) if not self._ear.detector else self._ear
        self._conversation.end_turn()
        self._phase = "ready"
        self._turn += 1
        self._emit(be.TurnEnded(self._turn))

    def _respond(self, at_s: float, endpoint_planned_ms: float, endpoint_spent_ms: float) -> None:
        if self._phase != "ready" or self._conversation is None:
            raise ProtocolError("response_without_input", "There is no user turn to reply to.")
        self._epoch = epoch = self._epoch + 1
        seed = reply_seed(self._settings.seed, self._turn)
        items = self._conversation.reply(seed=seed, cancelled=lambda: self.cancelled_epoch >= epoch)
        self._reply = ReplyStream(epoch, items, self._backend.sample_rate, self._settings.output_audio_rate)
        self._phase = "replying"
        self._emit(be.ReplyStarted(epoch, at_s, endpoint_planned_ms, endpoint_spent_ms))

    def _listen(self, pcm: bytes) -> None:
        """Audio under voice activity detection, in every phase."""
        for window, edges in self._ear.windows(self._ear.resample(pcm16_to_samples(pcm)), self._playing):
            for edge in edges:
                self._emit(be.SpeechEdge(edge.kind, edge.sample / 16.0))
            started = any(edge.kind == "started" for edge in edges)
            if started and self._reply is not None:
                self._interrupt(self._reply.epoch)
            if self._is_typed or (self._phase != "listening" and not started):
                self._ear.keep(window)
                continue
            self._hear(window)
            if any(edge.kind == "stopped" for edge in edges):
                self._stop_listening()

    def _playing(self, count: int) -> FloatArray:
        """The samples [count] that the client plays while so many come in."""
        nothing = np.zeros(count, np.float32)
        return nothing if self._reply is None else self._reply.playing(count, time.perf_counter())

    def _hear(self, window: FloatArray) -> None:
        """One window of a turn; the first brings the ring before it along."""
        is_first = self._phase != "listening"
        self._idling.hear(window, self._backend.sample_rate)
        conversation = self._open_turn(speech=True)
        audio, poses = self._ear.take_ring() if is_first else ([], [])
        for part in [*audio, window]:
            conversation.push_audio(part)
        for motion in poses if self._settings.input_motion else []:
            conversation.push_motion(motion)

    def _stop_listening(self) -> None:
        vad = self._settings.turn_detection
        planned = pauses_of(vad).long_ms if vad else 0.0
        self._end_turn()
        self._respond(time.perf_counter(), planned, planned)

    def _interrupt(self, epoch: int) -> None:
        """Stop a reply, or what is left of its playback, and forget what was not heard."""
        reply = self._reply
        if reply is None or reply.epoch != epoch or self._conversation is None:
            return
        now_s = time.perf_counter()
        was_replying, heard = self.is_replying, reply.heard(now_s)
        self._abandon_reply()
        if was_replying or (self._phase == "idle" and reply.is_playing(now_s)):
            self._cut(reply, heard)
        self._finish()

    def _truncate(self, epoch: int, heard_ms: float) -> None:
        reply = self._reply
        if reply is None or reply.epoch != epoch or self._phase not in ("idle", "replying"):
            raise ProtocolError("item_not_found", "Only the last response can be truncated, before the next turn.")
        self._abandon_reply()
        self._cut(reply, round(heard_ms * reply.wire_hz / 1000))
        self._finish()

    def _abandon_reply(self) -> None:
        """Stop generating, if a reply is being generated, and say that it has ended."""
        if self._reply is None or not self.is_replying:
            return
        self.cancelled_epoch = max(self.cancelled_epoch, self._reply.epoch)
        for output in self._reply.abandon():
            self._emit(output)

    def _cut(self, reply: ReplyStream, heard: int) -> None:
        assert self._conversation is not None
        self._conversation.truncate(reply.to_model(heard))
        self._reply = None
        self._emit(be.Truncated(reply.epoch, 1000.0 * heard / reply.wire_hz))

    def _finish(self) -> None:
        """The reply is generated: what waited can be heard now."""
        if self._phase != "replying":
            return
        self._phase = "idle"
        while self._waiting and not self.is_replying:
            self._take(self._waiting.popleft())

    def _clear(self) -> None:
        """Drop the open turn; the conversation before it stays."""
        if self._phase == "listening" and self._conversation is not None:
            self._conversation.drop_turn()
            self._phase = "idle"
            self._ear = Ear(self._settings, self._backend.sample_rate)
        self._emit(be.InputCleared())

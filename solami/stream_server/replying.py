"""One reply on its way out of the pipeline: chunks become wire payloads, and the clock of what was heard is kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from solami.audio.resample import StreamResampler
from solami.frames import (
    AudioChunk,
    FinishReason,
    FloatArray,
    MotionChunk,
    OutputChunk,
    ReplyDone,
    StageSpent,
    TextDelta,
    VisemeChunk,
)
from solami.stream_server.backend import LiveReply
from solami.stream_server.outputs import (
    Output,
    ReplyAudio,
    ReplyEnded,
    ReplyMotion,
    ReplyStage,
    ReplyStatus,
    ReplyText,
    ReplyVisemes,
)
from solami.stream_server.pacing import Need
from solami.stream_server.protocol import pack_codes, pack_visemes, samples_to_pcm16
from solami.stream_server.vrm import pack_poses

LOUD = 0.01  # -40 dBFS
RESYNC_S = 0.25  # by which the estimate of what is playing may run off before it jumps
_STATUS: dict[FinishReason, ReplyStatus] = {
    "completed": "completed",
    "cancelled": "cancelled",
    "max_tokens": "incomplete",
}


class ReplyStream:
    """Moves one reply on; stamps everything in wire samples and knows what the client has played of it."""

    def __init__(
        self,
        epoch: int,
        source: LiveReply,
        model_hz: int,
        wire_hz: int,
        at_s: float = 0.0,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """`at_s`: when the turn it answers ended."""
        self.epoch, self.wire_hz, self.source, self.at_s = epoch, wire_hz, source, at_s
        self._ratio = wire_hz / model_hz
        self._resampler = StreamResampler(model_hz, wire_hz)
        self._clock = clock
        self._sent = 0
        self._compute_s = 0.0
        self._started_s: float | None = None  # when the first audio left the worker
        self._reported: tuple[int, float] | None = None
        self._said = np.zeros(0, np.float32)  # at the model's rate
        self._cursor: int | None = None  # sample in `_said` that the microphone has come to
        self.rules: list[str] = []  # degradation rules that fired
        self.was_tried = False
        self.dry = 0  # times the client is thought to have had nothing to play
        self.is_done = False

    def need(self, now_s: float) -> Need | None:
        """Its claim to the next step; none where it cannot go on."""
        if self.is_done or self.source.is_waiting:
            return None
        if self._started_s is None:
            return Need(self.at_s, 0.0)
        lead_s = (self._sent - self.heard(now_s)) / self.wire_hz
        return Need(now_s + lead_s, lead_s)

    def fire(self, rule: str) -> bool:
        """Note a degradation rule; whether it is the first time."""
        is_new = rule not in self.rules
        self.rules += [rule] * is_new
        return is_new

    def take(self, token_id: int | None, drawn_s: float) -> list[Output]:
        """The id that was drawn, and its share of the time that took; returns what goes to the wire."""
        begun_s = self._clock()
        items = self.source.take(token_id)
        self._compute_s += self._clock() - begun_s + drawn_s
        return self.to_wire(items)

    def to_wire(self, items: Sequence[OutputChunk]) -> list[Output]:
        """Chunks as outputs; a reply that has ended without ReplyDone has failed."""
        outputs = [output for item in items for output in self._convert(item)]
        if self.source.is_done and not self.is_done:
            outputs.append(self._ended(None))
        return outputs

    def abandon(self) -> list[Output]:
        """Cancel: nothing more is heard of the reply but its end."""
        if self.is_done:
            return []
        ended = [output for output in self.to_wire(self.source.cancel()) if isinstance(output, ReplyEnded)]
        return [replace(ended[0], status="cancelled")]

    def _convert(self, item: OutputChunk) -> list[Output]:
        match item:
            case AudioChunk():
                self._said = np.concatenate([self._said, item.samples])
                return self._audio(self._resampler.push(item.samples))
            case MotionChunk():
                sample = round(item.start_sample * self._ratio)
                return [ReplyMotion(self.epoch, pack_poses(item), len(item.rotations), sample, pack_codes(item.codes))]
            case VisemeChunk():
                sample = round(item.start_sample * self._ratio)
                return [ReplyVisemes(self.epoch, pack_visemes(item.weights), sample)] if len(item.weights) else []
            case TextDelta():
                return [ReplyText(self.epoch, item.kind, item.text)]
            case StageSpent():
                return [ReplyStage(self.epoch, item)]
            case ReplyDone():
                return [*self._audio(self._resampler.flush()), self._ended(item)]

    def report_playback(self, sample: int, at_s: float) -> None:
        """The client says how far it has played."""
        self._reported = (sample, at_s)

    def heard(self, now_s: float) -> int:
        """Wire samples that the client has played by now: reported or estimated, never more than were sent."""
        if self._started_s is None:
            return 0
        sample, since_s = self._reported or (0, self._started_s)
        return min(self._sent, sample + int((now_s - since_s) * self.wire_hz))

    def playing(self, count: int, now_s: float) -> FloatArray:
        """The samples [count] at the model's rate that the client plays while so many more come from its microphone."""
        if self.is_playing(now_s):
            target = max(0, self.to_model(self.heard(now_s)) - count)
            if self._cursor is None or abs(target - self._cursor) > RESYNC_S * self.wire_hz / self._ratio:
                self._cursor = target
        if self._cursor is None:
            return np.zeros(count, np.float32)
        said = self._said[self._cursor : self._cursor + count]
        self._cursor += count
        return np.pad(said, (0, count - len(said)))

    def ends_s(self, now_s: float) -> float:
        """When the client will have played what was sent; 0 when that is over."""
        return now_s + (self._sent - self.heard(now_s)) / self.wire_hz if self.is_playing(now_s) else 0.0

    def is_playing(self, now_s: float) -> bool:
        """Whether the client still has something to play."""
        return self._started_s is not None and self.heard(now_s) < self._sent

    def to_model(self, wire_sample: int) -> int:
        """A wire sample on the model's own clock."""
        return int(wire_sample / self._ratio)

    def _audio(self, samples: FloatArray) -> list[Output]:
        if not len(samples):
            return []
        now_s = self._clock()
        if self._started_s is None:
            self._started_s = now_s
        elif not self.is_playing(now_s):  # playback stood still; it goes on from here
            self.dry, self._reported = self.dry + 1, (self._sent, now_s)
        start, self._sent = self._sent, self._sent + len(samples)
        is_loud = bool(np.abs(samples).max() > LOUD)
        return [ReplyAudio(self.epoch, samples_to_pcm16(samples), start, is_loud)]

    def _ended(self, done: ReplyDone | None) -> ReplyEnded:
        self.is_done = True
        ids = done.token_ids if done else ()
        status: ReplyStatus = _STATUS[done.finish_reason] if done else "failed"
        return ReplyEnded(self.epoch, status, ids, self._compute_s, tuple(self.rules), self.was_tried, self.dry)

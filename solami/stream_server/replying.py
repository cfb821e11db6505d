"""One reply on its way out of the pipeline: chunks become wire payloads, and the clock of what was heard is kept."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np

from solami.audio.resample import StreamResampler
from solami.frames import (
    AudioChunk,
    FloatArray,
    MotionChunk,
    OutputChunk,
    ReplyDone,
    StageSpent,
    TextDelta,
    VisemeChunk,
)
from solami.stream_server.backend import (
    Output,
    ReplyAudio,
    ReplyEnded,
    ReplyMotion,
    ReplyStage,
    ReplyText,
    ReplyVisemes,
)
from solami.stream_server.protocol import pack_visemes, samples_to_pcm16
from solami.stream_server.vrm import pack_poses

LOUD = 0.01  # -40 dBFS
RESYNC_S = 0.25  # by which the estimate of what is playing may run off before it jumps
_STATUS = {"completed": "completed", "cancelled": "cancelled", "max_tokens": "incomplete"}


class ReplyStream:
    """Walks one reply's iterator; stamps everything in wire samples."""

    def __init__(self, epoch: int, items: Iterator[OutputChunk], model_hz: int, wire_hz: int) -> None:
        self.epoch, self.wire_hz, self._items = epoch, wire_hz, items
        self._ratio = wire_hz / model_hz
        self._resampler = StreamResampler(model_hz, wire_hz)
        self._sent = 0
        self._compute_s = 0.0
        self._started_s: float | None = None  # when the first audio left the worker
        self._reported: tuple[int, float] | None = None
        self._said = np.zeros(0, np.float32)  # at the model's rate
        self._cursor: int | None = None  # sample in `_said` that the microphone has come to
        self.is_done = False

    def next_outputs(self) -> list[Output]:
        """Advance the pipeline by one item and return what it becomes on the wire."""
        begun = time.perf_counter()
        item = next(self._items, None)
        self._compute_s += time.perf_counter() - begun
        match item:
            case AudioChunk():
                self._said = np.concatenate([self._said, item.samples])
                return self._audio(self._resampler.push(item.samples))
            case MotionChunk():
                sample = round(item.start_sample * self._ratio)
                return [ReplyMotion(self.epoch, pack_poses(item), len(item.rotations), sample)]
            case VisemeChunk():
                sample = round(item.start_sample * self._ratio)
                return [ReplyVisemes(self.epoch, pack_visemes(item.weights), sample)] if len(item.weights) else []
            case TextDelta():
                return [ReplyText(self.epoch, item.kind, item.text)]
            case StageSpent():
                return [ReplyStage(self.epoch, item)]
            case ReplyDone():
                return [*self._audio(self._resampler.flush()), self._ended(item)]
            case None:
                return [self._ended(None)]

    def abandon(self) -> list[Output]:
        """Drain a cancelled reply: nothing more is heard of it but its end."""
        while not self.is_done:
            for output in self.next_outputs():
                if isinstance(output, ReplyEnded):
                    return [ReplyEnded(self.epoch, "cancelled", output.token_ids, output.compute_s)]
        return []

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
        if self._started_s is None:
            self._started_s = time.perf_counter()
        start, self._sent = self._sent, self._sent + len(samples)
        is_loud = bool(np.abs(samples).max() > LOUD)
        return [ReplyAudio(self.epoch, samples_to_pcm16(samples), start, is_loud)]

    def _ended(self, done: ReplyDone | None) -> ReplyEnded:
        self.is_done = True
        ids = done.token_ids if done else ()
        status = _STATUS[done.finish_reason] if done else "failed"
        return ReplyEnded(self.epoch, status, ids, self._compute_s)  # type: ignore[arg-type]

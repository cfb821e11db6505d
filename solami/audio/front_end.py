"""The user's microphone before anything listens to it: direct current goes, level and clipping are watched."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from solami.audio.level import to_dbfs
from solami.frames import FloatArray

log = logging.getLogger(__name__)
CUTOFF_HZ = 30.0  # under the lowest voice, above drift and direct current
FULL_SCALE = 0.999
CLIPPED_RUN = 3  # samples in a row at full scale: a peak may touch it once, a flattened one stays
WARN_CLIPPED = 0.005


@dataclass(frozen=True, slots=True)
class InputLevel:
    """What was measured of the signal so far."""

    seconds: float
    rms_dbfs: float  # of a full-scale square wave; -120 for silence
    peak_dbfs: float
    clipped: float  # share of samples in flattened peaks


class FrontEnd:
    """One running conditioning at one rate; how the samples are chunked changes nothing."""

    def __init__(self, sample_rate: int) -> None:
        self._rate = sample_rate
        self._pole = float(np.exp(-2.0 * np.pi * CUTOFF_HZ / sample_rate))
        self._last_in = self._last_out = 0.0
        self._edge = np.zeros(0, np.float32)  # full-scale samples at the end, whose run may go on
        self._count, self._energy, self._peak, self._clipped = 0, 0.0, 0.0, 0
        self._has_warned = False

    def push(self, samples: FloatArray) -> FloatArray:
        """Samples [T] in, as many out, without what lies under some 30 Hz (one pole, no delay)."""
        if not len(samples):
            return samples
        self._watch(samples)
        steps = np.diff(samples, prepend=np.float32(self._last_in)).astype(np.float64).tolist()
        pole = self._pole
        out = list(accumulate(steps, lambda last, step: pole * last + step, initial=self._last_out))[1:]
        self._last_in, self._last_out = float(samples[-1]), out[-1]
        return np.array(out, np.float32)

    @property
    def level(self) -> InputLevel:
        """Of everything pushed so far."""
        rms = (self._energy / max(1, self._count)) ** 0.5
        share = self._clipped / max(1, self._count)
        return InputLevel(self._count / self._rate, to_dbfs(rms), to_dbfs(self._peak), share)

    def _watch(self, samples: FloatArray) -> None:
        self._count += len(samples)
        self._energy += float(np.square(samples, dtype=np.float64).sum())
        self._peak = max(self._peak, float(np.abs(samples).max()))
        joined = np.concatenate([self._edge, samples])
        self._clipped += count_clipped(joined) - count_clipped(self._edge)
        loud = np.abs(joined) >= FULL_SCALE
        tail = len(joined) if loud.all() else int(loud[::-1].argmin())
        self._edge = joined[len(joined) - min(tail, CLIPPED_RUN) :]
        if not self._has_warned and self._count > self._rate and self._clipped > WARN_CLIPPED * self._count:
            self._has_warned = True
            share = 100 * self.level.clipped
            log.warning("the user's microphone clips in %.1f %% of samples; its gain is too high", share)


def count_clipped(samples: FloatArray) -> int:
    """How many samples [T] lie in runs of three or more at full scale."""
    loud = np.concatenate([[False], np.abs(samples) >= FULL_SCALE, [False]])
    edges = np.flatnonzero(loud[1:] != loud[:-1])
    runs = edges[1::2] - edges[::2]
    return int(runs[runs >= CLIPPED_RUN].sum())

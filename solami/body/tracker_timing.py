"""Trackers along time: samples at a device's own, jittering rate -> the poses' even rate, while they arrive."""

from __future__ import annotations

import numpy as np

from solami.body.geometry import slerp
from solami.body.trackers import NUM_FINGERS, TrackerChunk
from solami.errors import InputError
from solami.frames import FloatArray

_LONGEST_GAP_S = 0.1  # across which a tracker is interpolated; 30 Hz devices miss a sample now and then
_NEAREST_S = 0.02  # how old or young a lone valid sample may be
_ROUNDING_S = 1e-6


class TrackerResampler:
    """One running stream: samples at any rate -> ticks of `fps`, the first at the first sample.

    A tick is given as soon as a sample at or after it has come, so it waits for one sample at most.
    """

    def __init__(self, fps: float = 30.0) -> None:
        self._fps = fps
        self._held: TrackerChunk | None = None  # the newest sample
        self._start_s: float | None = None
        self._ticks = 0

    def push(self, chunk: TrackerChunk) -> TrackerChunk:
        """Samples -> the ticks that became ready. Raises InputError when time runs backwards."""
        samples = chunk if self._held is None else _joined(self._held, chunk)
        if not samples.count:
            return chunk
        if self._start_s is None:
            self._start_s = float(samples.times[0])
        last = int((samples.times[-1] - self._start_s + _ROUNDING_S) * self._fps)
        ticks = self._start_s + np.arange(self._ticks, last + 1) / self._fps
        self._ticks = max(self._ticks, last + 1)
        self._held = samples.cut(samples.count - 1, samples.count)
        return _at(samples, ticks)


def _joined(a: TrackerChunk, b: TrackerChunk) -> TrackerChunk:
    if b.count and b.times[0] <= a.times[-1]:
        raise InputError(f"trackers: a sample of {b.times[0]:.4f} s after one of {a.times[-1]:.4f} s; time must grow")
    names = ("positions", "rotations", "times", "valid")
    positions, rotations, times, valid = (np.concatenate([getattr(a, n), getattr(b, n)]) for n in names)
    return TrackerChunk(positions, rotations, times, valid, _joined_fingers(a, b))


def _joined_fingers(a: TrackerChunk, b: TrackerChunk) -> FloatArray | None:
    if a.fingers is None and b.fingers is None:
        return None
    parts = [np.zeros((c.count, NUM_FINGERS, 4), np.float32) if c.fingers is None else c.fingers for c in (a, b)]
    return np.concatenate(parts)


def _at(samples: TrackerChunk, ticks: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> TrackerChunk:
    """The trackers at `ticks` [N] seconds, each within the samples' time."""
    high = np.clip(np.searchsorted(samples.times, ticks - _ROUNDING_S), 0, samples.count - 1)
    low = np.maximum(high - 1, 0)
    before, after = samples.times[low], samples.times[high]
    part = np.clip((ticks - before) / np.maximum(after - before, 1e-9), 0, 1)
    near_high = (part >= 0.5) | (high == low)  # whose fingers are taken
    part = np.where(high == low, 1.0, part)[:, None] * np.ones(3)
    both = samples.valid[low] & samples.valid[high] & (after - before <= _LONGEST_GAP_S)[:, None]
    only_low = ~both & samples.valid[low] & (ticks - before <= _NEAREST_S)[:, None]
    only_high = ~both & samples.valid[high] & (after - ticks <= _NEAREST_S)[:, None]
    part = np.where(both, part, np.where(only_high, 1.0, 0.0))
    positions = samples.positions[low] + part[..., None] * (samples.positions[high] - samples.positions[low])
    rotations = slerp(samples.rotations[low].astype(np.float64), samples.rotations[high].astype(np.float64), part)
    fingers = None if samples.fingers is None else samples.fingers[np.where(near_high, high, low)]
    seen = both | only_low | only_high
    return TrackerChunk(positions.astype(np.float32), rotations.astype(np.float32), ticks, seen, fingers)

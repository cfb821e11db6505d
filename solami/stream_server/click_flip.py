"""The test stream for audio against motion: clicks and wrist flips at known samples of one reply.

A click is a pulse centred on its sample; at the same instant the right wrist, which lies still otherwise, flips over.
Where they are is plain arithmetic, so that clients in any language can check what they play (docs/howto/click_flip.md).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from solami import skeleton
from solami.body.geometry import axis_angle_to_quaternion
from solami.body.procedural import idle
from solami.errors import ConfigError
from solami.frames import FloatArray, MotionChunk
from solami.stream_server.scripted import BEAT_POSES, BEAT_S, BEAT_SAMPLES, FPS, SAMPLE_RATE, ScriptedBackend

CLICK_S = 0.002  # full width; below 1 kHz, so that no resampler moves or sharpens it
CLICK_PEAK = 0.8
FLIP_RAD = math.radians(80.0)  # the hand turns down at the wrist, then up again
_WRIST, _ELBOW = skeleton.INDEX["right_wrist"], skeleton.INDEX["right_elbow"]


@dataclass(frozen=True, slots=True)
class ClickAndFlip:
    """A performance: click and flip number k come at (k + 1/2) `every_s` after the reply's first sample."""

    every_s: float = 1.0

    def __post_init__(self) -> None:
        """Raises ConfigError unless every click falls on a pose."""
        poses = self.every_s * FPS / 2
        if poses < 1 or abs(poses - round(poses)) > 1e-6:
            raise ConfigError(f"every_s: got {self.every_s:g}, expected a multiple of {2 / FPS:.4f} s (two poses)")

    def clicks(self, seconds: float, rate: int) -> list[int]:
        """The samples at `rate` on which the clicks of so many seconds are centred."""
        count = int(seconds / self.every_s + 0.5)
        return [round((k + 0.5) * self.every_s * rate) for k in range(count)]

    def __call__(self, beat: int) -> tuple[MotionChunk, FloatArray]:
        """One beat: 12 poses and its samples at 16 kHz."""
        start = beat * BEAT_SAMPLES
        return self._poses(beat * BEAT_POSES, start), self._samples(start)

    def _samples(self, start: int) -> FloatArray:
        every = self.every_s * SAMPLE_RATE
        at = np.arange(start, start + BEAT_SAMPLES)
        from_click = (at % every - every / 2) / SAMPLE_RATE
        pulse = 0.5 + 0.5 * np.cos(2 * np.pi * from_click / CLICK_S)
        return np.where(np.abs(from_click) < CLICK_S / 2, CLICK_PEAK * pulse, 0.0).astype(np.float32)

    def _poses(self, first: int, start_sample: int) -> MotionChunk:
        still = idle(1.0 / FPS, FPS)
        flips = np.floor(np.arange(first, first + BEAT_POSES) / (self.every_s * FPS) + 0.5)  # so many have come
        angles = np.zeros((BEAT_POSES, 3))
        angles[:, 2] = FLIP_RAD * (flips % 2)
        rotations = np.repeat(still.rotations[:1], BEAT_POSES, axis=0)
        rotations[:, _ELBOW] = axis_angle_to_quaternion(np.array([0.0, math.pi / 2, 0.0]))  # the hand is in sight
        rotations[:, _WRIST] = axis_angle_to_quaternion(angles)
        translation = np.repeat(still.translation[:1], BEAT_POSES, axis=0)
        return MotionChunk(rotations.astype(np.float32), translation, FPS, start_sample)


def is_flipped(motion: MotionChunk) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    """Of each pose [T], whether the wrist is turned: after the first, third, ... click."""
    turned: np.ndarray[tuple[int, ...], np.dtype[np.bool_]] = np.abs(motion.rotations[:, _WRIST, 2]) > math.sin(
        FLIP_RAD / 4
    )
    return turned


def click_flip_backend(seconds: float, every_s: float) -> ScriptedBackend:
    """A server's backend that answers anything with `seconds` of clicks and flips."""
    return ScriptedBackend(beats=max(1, round(seconds / BEAT_S)), perform=ClickAndFlip(every_s))

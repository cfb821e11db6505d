"""Breath and a slow sway of trunk and head, laid over a running motion so that a body that stands is never frozen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from solami import skeleton
from solami.body.geometry import axis_angle_to_quaternion, multiply
from solami.frames import MotionChunk

_RAMP = 0.04  # of the way to its full size, or to none, with every pose
_GONE = 1e-3
# joint, axis, degrees, hertz, phase: those of one frequency move together
_MOVES = (
    ("spine2", 0, 1.0, 0.27, 0.0),
    ("spine3", 0, -0.7, 0.27, 0.0),
    ("left_collar", 2, 1.2, 0.27, 0.0),
    ("right_collar", 2, -1.2, 0.27, 0.0),
    ("spine1", 2, 0.8, 0.09, 0.0),
    ("neck", 2, -0.6, 0.09, 0.0),
    ("head", 1, 3.0, 0.13, 0.0),
    ("neck", 1, 1.5, 0.057, 1.3),
    ("head", 0, 1.2, 0.19, 0.7),
)


class BreathLayer:
    """One running stream; its clock never stops, its size comes and goes."""

    def __init__(self, seed: int = 0) -> None:
        phases = np.random.default_rng([seed, 5]).uniform(0, 2 * np.pi, len(_MOVES))
        first = [next(i for i, other in enumerate(_MOVES) if other[3] == move[3]) for move in _MOVES]
        self._phases = phases[first]
        self._poses = 0
        self._size = 0.0

    def push(self, motion: MotionChunk, breathes: bool) -> MotionChunk:
        """The same poses with the breath laid over, growing while `breathes` and shrinking to nothing otherwise."""
        count = len(motion.rotations)
        time_s = (self._poses + np.arange(count)) / motion.fps
        self._poses += count
        left = (1 - _RAMP) ** (np.arange(count) + 1.0)
        size = 1 - (1 - self._size) * left if breathes else self._size * left
        self._size = float(size[-1]) if count else self._size
        if not breathes and self._size < _GONE:
            self._size = 0.0
        if not count or size.max() < _GONE:
            return motion
        rotations = motion.rotations.copy()
        for (name, axis, degrees, hertz, phase), own in zip(_MOVES, self._phases, strict=True):
            turn = np.zeros((count, 3))
            turn[:, axis] = np.radians(degrees) * size * np.sin(2 * np.pi * hertz * time_s + own + phase)
            joint = skeleton.INDEX[name]
            rotations[:, joint] = multiply(axis_angle_to_quaternion(turn), rotations[:, joint])
        return replace(motion, rotations=rotations)

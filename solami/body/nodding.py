"""Nods laid over a running motion: chest, neck and head bow and come back. For what is too small for motion codes.

Measured: the motion tokenizer turns a nod of 30 degrees into 2, since a head that turns moves no joint.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from solami import skeleton
from solami.body.geometry import Array, axis_angle_to_quaternion, multiply
from solami.frames import MotionChunk

_SHARES = {skeleton.INDEX["spine3"]: 0.08, skeleton.INDEX["neck"]: 0.40, skeleton.INDEX["head"]: 0.52}
_DEGREES, _DIP_S = (6.0, 11.0), (0.34, 0.52)
_SECOND = 0.55  # of the first dip's size; about every other nod has a second


class NodLayer:
    """One running stream: poses in, poses with the nods that were asked for out."""

    def __init__(self, seed: int = 0) -> None:
        self._random = np.random.default_rng([seed, 7])
        self._rest: Array = np.zeros(0)  # degrees still to be shown, a pose each

    @property
    def is_nodding(self) -> bool:
        """Whether a nod is under way."""
        return len(self._rest) > 0

    def push(self, motion: MotionChunk, nod: bool = False) -> MotionChunk:
        """The same poses with what is under way laid over; `nod` starts one if none is."""
        if nod and not self.is_nodding:
            self._rest = self._drawn(motion.fps)
        if not self.is_nodding:
            return motion
        bow, self._rest = self._rest[: len(motion.rotations)], self._rest[len(motion.rotations) :]
        rotations = motion.rotations.copy()
        for joint, share in _SHARES.items():
            turn = np.zeros((len(bow), 3))
            turn[:, 0] = np.radians(share * bow)
            rotations[: len(bow), joint] = multiply(axis_angle_to_quaternion(turn), rotations[: len(bow), joint])
        return replace(motion, rotations=rotations)

    def _drawn(self, fps: float) -> Array:
        """Degrees of a nod, a pose each: one or two smooth dips from zero to zero."""
        size = self._random.uniform(*_DEGREES)
        sizes = [size, _SECOND * size] if self._random.random() < 0.5 else [size]
        return np.concatenate([s * _dip(self._random.uniform(*_DIP_S), fps) for s in sizes])


def _dip(seconds: float, fps: float) -> Array:
    """0 to 1 to 0, at rest at both ends, down faster than up."""
    time = (np.arange(round(seconds * fps)) + 1) / (round(seconds * fps) + 1)
    return np.sin(np.pi * time**0.85) ** 2

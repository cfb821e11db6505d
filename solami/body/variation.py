"""Motion made from motion, for training: the mirror image, another speed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from solami import skeleton
from solami.body.timing import resample
from solami.frames import MotionChunk


def mirrored(motion: MotionChunk) -> MotionChunk:
    """Left and right exchanged: the reflection in the plane x = 0."""
    rotations = motion.rotations[:, list(skeleton.MIRROR)] * np.array([1, -1, -1, 1], np.float32)
    return replace(motion, rotations=rotations, translation=motion.translation * np.array([-1, 1, 1], np.float32))


def at_speed(motion: MotionChunk, speed: float) -> MotionChunk:
    """`speed` times as fast, at the same fps."""
    return replace(resample(replace(motion, fps=motion.fps * speed), motion.fps), fps=motion.fps)

"""Motion along time: resampling by slerp, cutting, joining. Knows no files."""

from __future__ import annotations

import numpy as np

from solami.body.geometry import slerp
from solami.errors import InputError
from solami.frames import MotionChunk


def resample(motion: MotionChunk, fps: float) -> MotionChunk:
    """The same movement at `fps`: rotations by slerp, translation linearly; the last pose at or before the old end."""
    count = len(motion.rotations)
    if motion.fps == fps or count < 2:
        return MotionChunk(motion.rotations, motion.translation, fps, motion.start_sample)
    places = np.arange(int((count - 1) * fps / motion.fps + 1e-6) + 1) * (motion.fps / fps)
    low = np.minimum(places.astype(np.int64), count - 2)
    part = np.minimum(places - low, 1.0)
    rotations = slerp(motion.rotations[low], motion.rotations[low + 1], part[:, None])
    translation = motion.translation[low] + part[:, None] * (motion.translation[low + 1] - motion.translation[low])
    return MotionChunk(rotations.astype(np.float32), translation.astype(np.float32), fps, motion.start_sample)


def cut(motion: MotionChunk, start: int, stop: int) -> MotionChunk:
    """Poses start..stop, counted in frames."""
    return MotionChunk(motion.rotations[start:stop], motion.translation[start:stop], motion.fps, motion.start_sample)


def join(chunks: list[MotionChunk]) -> MotionChunk:
    """Chunks end to end, with the rate and stamp of the first. Raises InputError for none, or for different rates."""
    if not chunks or any(c.fps != chunks[0].fps for c in chunks):
        raise InputError(f"cannot join chunks of {[c.fps for c in chunks]} fps; expected at least one, all of one rate")
    rotations = np.concatenate([c.rotations for c in chunks])
    translation = np.concatenate([c.translation for c in chunks])
    return MotionChunk(rotations, translation, chunks[0].fps, chunks[0].start_sample)

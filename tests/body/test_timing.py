import numpy as np
import pytest

from solami.body.geometry import angle_between, axis_angle_to_quaternion
from solami.body.procedural import wave
from solami.body.timing import cut, join, resample
from solami.errors import InputError
from solami.frames import MotionChunk


def _turning(fps: float, count: int) -> MotionChunk:
    angles = np.zeros((count, 55, 3))
    angles[..., 1] = (np.arange(count) / fps)[:, None]
    translation = np.stack([np.arange(count) / fps] * 3, axis=1).astype(np.float32)
    return MotionChunk(axis_angle_to_quaternion(angles).astype(np.float32), translation, fps)


@pytest.mark.parametrize("fps", [120.0, 100.0, 59.94, 24.0, 20.0])
def test_a_steady_turn_stays_steady(fps: float) -> None:
    """At any rate the body is where it was at that time: resampling is by time, not by dropping poses."""
    got, want = resample(_turning(fps, int(2 * fps)), 30.0), _turning(30.0, 60)
    count = min(len(got.rotations), len(want.rotations))
    assert count >= 58
    assert angle_between(got.rotations[:count], want.rotations[:count]).max() < 1e-3
    np.testing.assert_allclose(got.translation[:count], want.translation[:count], atol=1e-4)


def test_cut_pieces_join_again() -> None:
    """A motion cut in two and joined is itself."""
    motion = wave(1.0)
    joined = join([cut(motion, 0, 11), cut(motion, 11, 30)])
    np.testing.assert_array_equal(joined.rotations, motion.rotations)
    with pytest.raises(InputError):
        join([])
    with pytest.raises(InputError):
        join([motion, resample(motion, 20.0)])

"""Code sequences of idle people."""

import numpy as np

from solami import skeleton
from solami.body.geometry import angle_between, axis_angle_to_quaternion, multiply
from solami.body.procedural import idle
from solami.frames import MotionChunk
from solami.training.idle_data import nod_turns, with_nods

HEAD = skeleton.INDEX["head"]


def nod() -> MotionChunk:
    """A head that bows by four degrees and comes back within a second."""
    motion = idle(1.0)
    rotations = motion.rotations.astype(np.float64)
    bow = np.zeros((30, 3))
    bow[:, 0] = np.radians(4) * np.sin(np.linspace(0, np.pi, 30))
    rotations[:, HEAD] = multiply(axis_angle_to_quaternion(bow), rotations[:1, HEAD])
    return MotionChunk(rotations.astype(np.float32), motion.translation)


def test_nods_are_laid_over_and_marked() -> None:
    """The head moves by 9 to 16 degrees where nodding is marked, and everything else is left alone."""
    still = idle(12.0)
    made, nodding = with_nods(still, [nod_turns(nod())], np.random.default_rng(0))
    moved = np.degrees(angle_between(made.rotations[:, HEAD], still.rotations[:, HEAD]))
    assert 8 < moved[nodding].max() < 17
    assert moved[~nodding].max() < 0.1
    assert 0.05 < nodding.mean() < 0.7
    legs = skeleton.INDEX["left_knee"]
    np.testing.assert_array_equal(made.rotations[:, legs], still.rotations[:, legs])


def test_no_nods_no_change() -> None:
    """Without captured nods nothing is marked."""
    _, nodding = with_nods(idle(5.0), [], np.random.default_rng(0))
    assert not nodding.any()

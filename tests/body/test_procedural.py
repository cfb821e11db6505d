import numpy as np

from solami import skeleton
from solami.body.kinematics import sole_height
from solami.body.measures import body_positions
from solami.body.procedural import idle, wave, with_relaxed_fingers

WRIST = skeleton.INDEX["right_wrist"]


def test_the_wave_raises_the_right_hand_and_swings_it() -> None:
    """In the middle the right wrist is above the shoulder and goes to and fro; at both ends it hangs."""
    positions = body_positions(wave(4.0))
    shoulder = positions[:, skeleton.INDEX["right_shoulder"], 1]
    above = positions[:, WRIST, 1] - shoulder
    assert above[30:90].min() > 0.05 and above[0] < -0.3 and above[-1] < -0.3
    sideways = np.diff(np.sign(np.diff(positions[30:90, WRIST, 0])))
    assert 4 <= np.count_nonzero(sideways) <= 12


def test_feet_stay_on_the_floor() -> None:
    """The lowest sole of every pose is at the floor."""
    for motion in (idle(3.0, seed=1), wave(3.0, seed=1)):
        assert np.abs(sole_height(body_positions(motion))).max() < 0.005


def test_idle_is_alive_and_repeatable() -> None:
    """The idle moves a little, differs by seed, and is the same for the same seed."""
    one, same, other = idle(3.0, seed=1), idle(3.0, seed=1), idle(3.0, seed=2)
    np.testing.assert_array_equal(one.rotations, same.rotations)
    assert np.abs(one.rotations - other.rotations).max() > 1e-3
    assert 1e-4 < np.abs(np.diff(body_positions(one), axis=0)).max() < 0.02


def test_relaxed_fingers_leave_the_body() -> None:
    """Only finger joints change."""
    motion = wave(1.0)
    relaxed = with_relaxed_fingers(motion, seed=5)
    np.testing.assert_array_equal(relaxed.rotations[:, :25], motion.rotations[:, :25])
    assert (relaxed.rotations[:, 25:] != motion.rotations[:, 25:]).any()

import numpy as np

from solami import skeleton
from solami.body.geometry import axis_angle_to_quaternion, multiply
from solami.body.measures import compare, foot_skate_ratio, standing_speeds_m_s
from solami.body.procedural import wave
from solami.body.standing import moved
from solami.frames import MotionChunk


def test_a_motion_is_no_distance_from_itself() -> None:
    """Every error against itself is zero."""
    errors = compare(wave(1.0), wave(1.0))
    assert errors.pop("foot_skate_ratio") == 1.0
    assert max(errors.values()) < 1e-3


def test_where_the_pelvis_is_does_not_count_but_its_heading_does() -> None:
    """MPJPE subtracts the pelvis and aligns no rotation; PA-MPJPE aligns it."""
    motion = wave(1.0)
    assert compare(motion, moved(motion, 0.0, 3.0, 1.0))["mpjpe_mm"] < 1e-3
    turned = compare(motion, moved(motion, 0.5, 0.0, 0.0))
    assert turned["mpjpe_mm"] > 20 and turned["pa_mpjpe_mm"] < 1e-3


def test_a_bent_wrist_is_measured_in_degrees() -> None:
    """One of 22 joints off by 22 degrees is one degree; fingers are counted apart."""
    motion = wave(1.0)
    rotations = motion.rotations.copy()
    bend = axis_angle_to_quaternion(np.array([0.0, 0.0, np.radians(22)]))
    rotations[:, skeleton.INDEX["left_wrist"]] = multiply(rotations[:, skeleton.INDEX["left_wrist"]], bend)
    errors = compare(motion, MotionChunk(rotations.astype(np.float32), motion.translation))
    np.testing.assert_allclose(errors["rotation_error_deg"], 1.0, atol=1e-3)
    assert errors["hand_error_deg"] < 1e-3


def test_sliding_feet_are_seen() -> None:
    """A standing body pushed over the floor at 1 m/s slides far more than its source; against itself it is 1."""
    motion = wave(1.0)
    pushed = motion.translation + np.linspace(0, 1, 30, dtype=np.float32)[:, None] * np.float32([1, 0, 0])
    assert foot_skate_ratio(motion, motion) == 1.0
    assert foot_skate_ratio(motion, MotionChunk(motion.rotations, pushed)) > 20


def test_shaking_is_an_acceleration_error() -> None:
    """A body that jumps 1 cm from pose to pose is off by 18 m/s^2 at 30 fps, though by 1 cm in place."""
    motion = wave(1.0)
    shaken = motion.translation.copy()
    shaken[::2, 1] += 0.01
    error = compare(motion, MotionChunk(motion.rotations, shaken))["acceleration_error_m_s2"]
    np.testing.assert_allclose(error, 0.02 * 30**2, rtol=0.01)


def test_speeds_of_standing_feet_are_those_of_the_floor_moving_by() -> None:
    """Feet that stand in the source slide at the speed at which the other motion is pushed, in both."""
    motion = wave(2.0)
    pushed = motion.translation + np.arange(60, dtype=np.float32)[:, None] * np.float32([0.5 / 30, 0, 0])
    speed, shown = standing_speeds_m_s(motion, MotionChunk(motion.rotations, pushed))
    assert len(speed) == len(shown) > 50 and speed.max() < 0.25
    assert abs(float(shown.mean()) - 0.5) < 0.05

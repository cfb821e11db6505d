import numpy as np
import pytest

from solami.body.geometry import axis_angle_to_quaternion
from solami.body.rig_motion import MAX_POSE_VALUES, check_size, world_poses
from solami.errors import InputError


def test_turn_move_and_stretch_reach_what_hangs_below() -> None:
    """A parent turned by a quarter and stretched to twice carries its child's offset along, turned and doubled."""
    turns = np.tile(np.array([0.0, 0.0, 0.0, 1.0]), (2, 2, 1))
    turns[1, 0] = axis_angle_to_quaternion(np.array([0.0, 0.0, np.pi / 2]))
    moves = [np.array([[0.0, 0.0, 0.0], [5.0, 0.0, 0.0]]), np.array([1.0, 0.0, 0.0])]
    world, positions = world_poses((-1, 0), turns, moves, np.array([[2.0, 2.0, 2.0], [1.0, 1.0, 1.0]]))
    np.testing.assert_allclose(positions[:, 1], [[2, 0, 0], [5, 2, 0]], atol=1e-12)
    np.testing.assert_allclose(world[1, 1], turns[1, 0])


def test_too_many_values_are_refused() -> None:
    """The limit is on frames times bones."""
    check_size("a", MAX_POSE_VALUES // 10, 10)
    with pytest.raises(InputError, match="cut the file"):
        check_size("a", MAX_POSE_VALUES // 10 + 1, 10)

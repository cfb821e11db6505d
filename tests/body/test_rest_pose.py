import numpy as np

from solami import skeleton
from solami.body.geometry import Array, multiply, normalise, rotate
from solami.body.handedness import UP_AXES, up_vector, y_up_rotation
from solami.body.kinematics import forward_kinematics
from solami.body.procedural import wave
from solami.body.rest import rest_positions
from solami.body.rest_pose import body_axes, choose_reference, is_mirrored, nearest_axis, torso
from solami.body.rig_motion import Pose, RigMotion

ALL = {i: i for i in range(55)}
STILL = np.tile(np.array([0.0, 0.0, 0.0, 1.0]), (55, 1))


def _rig(*rests: Pose) -> RigMotion:
    motion = wave(0.5)
    turns, places = forward_kinematics(motion.rotations.astype(np.float64), motion.translation)
    return RigMotion(skeleton.JOINT_NAMES, skeleton.PARENTS, rests, turns, places, 30.0)


def _heap() -> Pose:
    """A zero pose in which every bone points the same way."""
    places = np.zeros((55, 3))
    for i in range(1, 55):
        places[i] = places[skeleton.PARENTS[i]] + [0.2, 0.0, 0.01 * i]
    return Pose(STILL, places)


def test_the_first_rest_pose_that_is_a_person_is_taken() -> None:
    """A heap of bones is passed over for the T-pose behind it; without one, a frame of the motion serves."""
    t_pose = Pose(STILL, rest_positions())
    assert choose_reference(_rig(_heap(), t_pose), ALL).pose is t_pose
    chosen = choose_reference(_rig(_heap()), ALL)
    assert chosen.is_posed and chosen.kind.startswith("standing frame")


def test_the_axes_of_any_turned_body_are_found() -> None:
    """However a T-pose is turned, its up axis is found, and it is brought to face +Z."""
    for up in UP_AXES:
        turn = y_up_rotation(up) * np.array([-1, -1, -1, 1])
        yaw = np.array([0.0, np.sin(0.4), 0.0, np.cos(0.4)])
        places = rotate(multiply(turn, yaw), rest_positions())
        assert nearest_axis(torso(places, ALL)) == up
        np.testing.assert_allclose(rotate(body_axes(places, ALL, up), places), rest_positions(), atol=1e-9)
        np.testing.assert_allclose(up_vector(up), rotate(turn, np.array([0.0, 1.0, 0.0])), atol=1e-12)


def test_feet_that_point_back_mean_a_mirror() -> None:
    """A body reflected in x, brought to face +Z by its sides, has its toes behind it."""
    reflected: Array = rest_positions() * [-1, 1, 1]
    facing = rotate(body_axes(reflected, ALL, "Y"), reflected)
    assert is_mirrored(facing, ALL) and not is_mirrored(rest_positions(), ALL)
    assert not is_mirrored(facing, {k: v for k, v in ALL.items() if k != skeleton.INDEX["left_foot"]})


def test_the_torso_points_up_in_the_rest_pose() -> None:
    """From the hips to the shoulders, unit length, for one pose or many."""
    np.testing.assert_allclose(torso(rest_positions(), ALL), normalise(np.array([0, 1.0, 0])), atol=0.05)
    assert torso(np.tile(rest_positions(), (3, 1, 1)), ALL).shape == (3, 3)

import numpy as np

from solami import skeleton
from solami.body.geometry import Array, angle_between, axis_angle_to_quaternion, multiply, rotate
from solami.body.hinges import hinge_axes
from solami.body.kinematics import forward_kinematics
from solami.body.rest import rest_positions
from solami.body.rest_alignment import alignments
from solami.body.rig_motion import Pose, RigMotion

ALL = {i: i for i in range(55)}
IDENTITY = np.array([0.0, 0.0, 0.0, 1.0])
J = skeleton.INDEX


def _bent_knee(angle: float) -> tuple[Array, Array]:
    """World rotations and positions of our rest pose with the left knee bent."""
    local = np.tile(IDENTITY, (1, 55, 1))
    local[0, J["left_knee"]] = axis_angle_to_quaternion(np.array([angle, 0.0, 0.0]))
    world, positions = forward_kinematics(local)
    return world[0], positions[0]


def test_bending_shows_how_a_limb_is_twisted() -> None:
    """Knees that bend about +X in the body tell a rig's twist, wherever its own axes lie."""
    own = axis_angle_to_quaternion(np.array([0.3, 1.0, -0.5]))
    turns, places = zip(*(_bent_knee(angle) for angle in np.linspace(0, 1.5, 9)), strict=True)
    rig = RigMotion(
        skeleton.JOINT_NAMES,
        skeleton.PARENTS,
        (Pose(turns[0], places[0]),),
        multiply(np.stack(turns), own),
        np.stack(places),
        30.0,
    )
    found = hinge_axes(rig, ALL, dict.fromkeys(ALL, own))
    assert set(found) == {J["left_hip"], J["left_knee"]}
    assert found[J["left_hip"]] @ np.array([1.0, 0.0, 0.0]) > np.cos(0.3)
    spun = dict.fromkeys(found, rotate(axis_angle_to_quaternion(np.array([0.0, 0.9, 0.0])), np.array([1.0, 0, 0])))
    aligned = alignments(rest_positions(), ALL, {}, spun)[J["left_hip"]]
    np.testing.assert_allclose(np.degrees(angle_between(aligned, IDENTITY)), np.degrees(0.9), atol=3)

import json
from pathlib import Path

import numpy as np

from solami import skeleton
from solami.body.geometry import axis_angle_to_quaternion, rotate
from solami.body.kinematics import forward_kinematics, rest_offsets, sole_height


def _identity(*shape: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.tile(np.array([0.0, 0.0, 0.0, 1.0]), (*shape, 55, 1))


def test_soles_stand_on_the_floor_in_the_rest_pose() -> None:
    """With the pelvis at its rest height the lowest sole is at the floor to a millimetre."""
    _, positions = forward_kinematics(_identity(), np.array([0.0, skeleton.PELVIS_HEIGHT_M, 0.0]))
    assert abs(sole_height(positions)) < 1e-3


def test_a_joint_moves_only_what_hangs_from_it() -> None:
    """Bending the left elbow swings the wrist about the elbow and leaves the rest."""
    rotations = _identity(2)
    bend = axis_angle_to_quaternion(np.array([0.0, -1.0, 0.0]))
    rotations[1, skeleton.INDEX["left_elbow"]] = bend
    _, positions = forward_kinematics(rotations)
    elbow, wrist = skeleton.INDEX["left_elbow"], skeleton.INDEX["left_wrist"]
    np.testing.assert_allclose(
        positions[1, wrist] - positions[1, elbow], rotate(bend, rest_offsets()[wrist]), atol=1e-9
    )
    np.testing.assert_allclose(positions[0, : elbow + 1], positions[1, : elbow + 1], atol=1e-12)


def test_body_joints_alone_are_the_same() -> None:
    """Leaving out face and fingers changes no body joint."""
    rotations = axis_angle_to_quaternion(np.random.default_rng(0).normal(0, 0.4, (3, 55, 3)))
    np.testing.assert_array_equal(
        forward_kinematics(rotations)[1][:, :22], forward_kinematics(rotations, num_joints=22)[1]
    )


def test_golden_pose() -> None:
    """One pose of the whole body stands where the clients' tests read that it stands, under the same bone names."""
    path = Path(__file__).parents[1] / "vectors" / "geometry" / "kinematics.json"
    golden = json.loads(path.read_text())
    rows = golden["vectors"]
    world, positions = forward_kinematics(np.array([row["rotation"] for row in rows]), np.array(golden["translation"]))
    np.testing.assert_allclose(positions, [row["world_position"] for row in rows], atol=1e-6)
    np.testing.assert_allclose(world, [row["world_rotation"] for row in rows], atol=1e-6)
    for i, row in enumerate(rows):
        assert (row["joint"], row["vrm_bone"], row["unity_bone"]) == (
            skeleton.JOINT_NAMES[i], skeleton.VRM_BONES[i], skeleton.UNITY_BONES[i],
        )  # fmt: skip

import numpy as np
import torch

from solami import skeleton
from solami.body.geometry import axis_angle_to_quaternion, matrix_to_six, quaternion_to_matrix
from solami.body.kinematics import forward_kinematics, rest_offsets
from solami.tokenizers.modules.kinematics import joint_positions, six_to_matrix


def _turns() -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return axis_angle_to_quaternion(np.random.default_rng(0).normal(0, 0.6, (4, 55, 3)))


def test_torch_and_numpy_put_the_joints_in_the_same_places() -> None:
    """The same rotations give the same 55 positions, to a micrometre."""
    turns = _turns()
    _, expected = forward_kinematics(turns)
    local = torch.from_numpy(quaternion_to_matrix(turns))
    positions = joint_positions(local, skeleton.PARENTS, torch.from_numpy(rest_offsets().astype(np.float64)))
    np.testing.assert_allclose(positions.numpy(), expected, atol=1e-6)


def test_six_numbers_make_the_same_rotation() -> None:
    """6D made by numpy is read by torch."""
    matrices = quaternion_to_matrix(_turns())
    read = six_to_matrix(torch.from_numpy(3.0 * matrix_to_six(matrices)))
    np.testing.assert_allclose(read.numpy(), matrices, atol=1e-12)


def test_gradients_reach_every_joint_above() -> None:
    """Moving the left wrist takes the seven joints above it and nobody else."""
    local = torch.eye(3).expand(1, 55, 3, 3).clone().requires_grad_()
    offsets = torch.from_numpy(rest_offsets().copy())
    joint_positions(local, skeleton.PARENTS, offsets)[0, skeleton.INDEX["left_wrist"]].sum().backward()  # type: ignore[no-untyped-call]
    assert local.grad is not None
    moved = {skeleton.JOINT_NAMES[i] for i in range(55) if local.grad[0, i].abs().max() > 0}
    assert moved == {"pelvis", "spine1", "spine2", "spine3", "left_collar", "left_shoulder", "left_elbow"}

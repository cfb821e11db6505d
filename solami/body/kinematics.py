"""Forward kinematics on the rest skeleton, batched, in numpy. Knows no files and no features."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from solami import skeleton
from solami.body.geometry import Array, multiply, rotate


@lru_cache(maxsize=1)
def rest_offsets() -> Array:
    """Joint minus parent joint in the rest pose, metres [55, 3]."""
    offsets = np.array([joint.offset_m for joint in skeleton.JOINTS], dtype=np.float32)
    offsets.setflags(write=False)
    return offsets


def forward_kinematics(rotations: Array, translation: Array | None = None, num_joints: int = 55) -> tuple[Array, Array]:
    """World rotations [..., N, 4] and positions [..., N, 3] of the first N joints.

    Args:
        rotations: parent-relative unit quaternions xyzw [..., >=N, 4].
        translation: pelvis position [..., 3], metres; none puts the pelvis at the origin.
        num_joints: N; 22 leaves out face and fingers.
    """
    offsets = rest_offsets().astype(rotations.dtype)
    world = np.empty_like(rotations[..., :num_joints, :])
    positions = np.empty((*rotations.shape[:-2], num_joints, 3), dtype=rotations.dtype)
    world[..., 0, :] = rotations[..., 0, :]
    positions[..., 0, :] = 0.0 if translation is None else translation
    for i in range(1, num_joints):
        parent = skeleton.PARENTS[i]
        world[..., i, :] = multiply(world[..., parent, :], rotations[..., i, :])
        positions[..., i, :] = positions[..., parent, :] + rotate(world[..., parent, :], offsets[i])
    return world, positions


def sole_height(positions: Array) -> Array:
    """Height [...] of the lowest sole above the floor, from joint positions [..., >=22, 3]."""
    joints = list(skeleton.CONTACT_JOINTS)
    return np.min(positions[..., joints, 1] - np.array(skeleton.CONTACT_HEIGHTS_M, dtype=positions.dtype), axis=-1)

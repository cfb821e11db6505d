"""Axes of other programs: which way is up, which hand the axes make, and how poses move between them.

Ours (and glTF's and VRM's): right-handed, Y up, a body facing +Z has its left on +X. A convention is the matrix M whose
columns are our X, Y and Z in its axes: a vector v becomes M v, a rotation R becomes M R M^-1. With a negative
determinant the hand changes, and the angle turns the other way round the mapped axis.

Unity is left-handed with Y up and +Z forward (https://docs.unity3d.com/Manual/QuaternionAndEulerRotationsInUnity.html),
so only X changes sign: positions (x, y, z) -> (-x, y, z), quaternions (x, y, z, w) -> (x, -y, -z, w). A body faces +Z
in both, and its left is on Unity's -X. Units are not changed here.
"""

from __future__ import annotations

import numpy as np

from solami.body.geometry import Array, matrix_to_quaternion

UNITY = np.diag([-1.0, 1.0, 1.0])
UNREAL = np.array([[0.0, 0.0, 1.0], [-1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])  # left-handed, Z up, +X forward, +Y right
BLENDER = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])  # right-handed, Z up, a body faces -Y
_UP = {  # what turns each axis to +Y, by the shortest way
    "Y": np.eye(3),
    "-Y": np.diag([1.0, -1.0, -1.0]),
    "Z": BLENDER.T,
    "-Z": BLENDER,
    "X": np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]),
    "-X": np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]),
}
UP_AXES: tuple[str, ...] = tuple(_UP)


def vectors_to(convention: Array, vectors: Array) -> Array:
    """Vectors [..., 3] of ours in the axes of a convention."""
    return vectors @ convention.T.astype(vectors.dtype)


def vectors_from(convention: Array, vectors: Array) -> Array:
    """Vectors [..., 3] of a convention in our axes."""
    return vectors @ convention.astype(vectors.dtype)


def rotations_to(convention: Array, quaternions: Array) -> Array:
    """Our quaternions xyzw [..., 4] in the axes of a convention."""
    axes = (np.linalg.det(convention) * convention).astype(quaternions.dtype)
    return np.concatenate([quaternions[..., :3] @ axes.T, quaternions[..., 3:]], axis=-1)


def rotations_from(convention: Array, quaternions: Array) -> Array:
    """Quaternions xyzw [..., 4] of a convention in our axes."""
    return rotations_to(convention.T, quaternions)


def y_up_rotation(up: str) -> Array:
    """The quaternion [4] that brings a right-handed world with this axis up (one of UP_AXES) to Y up."""
    return matrix_to_quaternion(_UP[up])


def up_vector(up: str) -> Array:
    """The unit vector [3] of an axis of UP_AXES."""
    return _UP[up].T @ np.array([0.0, 1.0, 0.0])

"""Rotations and headings in numpy: quaternions xyzw, axis-angle, matrices, 6D. Knows no skeleton and no files.

Shapes: `...` is any batch. All functions are pure; float64 in gives float64 out. The 6D form is the first two
columns of the matrix, one after the other (https://arxiv.org/abs/1812.07035).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]


def normalise(v: Array) -> Array:
    """v [..., D] at unit length; a zero vector stays zero."""
    return v / np.maximum(np.linalg.norm(v, axis=-1, keepdims=True), 1e-12)


def multiply(a: Array, b: Array) -> Array:
    """The rotation `b` followed by `a`: quaternions [..., 4] -> [..., 4]."""
    av, aw, bv, bw = a[..., :3], a[..., 3:], b[..., :3], b[..., 3:]
    vector = aw * bv + bw * av + np.cross(av, bv)
    return np.concatenate([vector, aw * bw - np.sum(av * bv, axis=-1, keepdims=True)], axis=-1)


def conjugate(q: Array) -> Array:
    """The inverse of unit quaternions [..., 4]."""
    return q * np.array([-1, -1, -1, 1], dtype=q.dtype)


def rotate(q: Array, v: Array) -> Array:
    """Vectors v [..., 3] turned by unit quaternions q [..., 4]."""
    t = 2 * np.cross(q[..., :3], v)
    return v + q[..., 3:] * t + np.cross(q[..., :3], t)


def axis_angle_to_quaternion(rotation: Array) -> Array:
    """Axis-angle [..., 3] in radians -> quaternions [..., 4]."""
    angle = np.linalg.norm(rotation, axis=-1, keepdims=True)
    return np.concatenate([rotation * 0.5 * np.sinc(angle / (2 * np.pi)), np.cos(angle / 2)], axis=-1)


def quaternion_to_axis_angle(q: Array) -> Array:
    """Unit quaternions [..., 4] -> axis-angle [..., 3] with angles in [0, pi]."""
    q = np.where(q[..., 3:] < 0, -q, q)
    sine = np.linalg.norm(q[..., :3], axis=-1, keepdims=True)
    angle = 2 * np.arctan2(sine, q[..., 3:])
    return q[..., :3] * np.where(sine > 1e-8, angle / np.maximum(sine, 1e-8), 2.0)


def quaternion_to_matrix(q: Array) -> Array:
    """Unit quaternions [..., 4] -> rotation matrices [..., 3, 3]."""
    x, y, z, w = np.moveaxis(q, -1, 0)
    rows = [
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def matrix_to_quaternion(m: Array) -> Array:
    """Rotation matrices [..., 3, 3] -> unit quaternions [..., 4] with w >= 0."""
    diagonal = np.diagonal(m, axis1=-2, axis2=-1)
    x, y, z = diagonal[..., 0], diagonal[..., 1], diagonal[..., 2]
    squares = np.stack([1 + x - y - z, 1 - x + y - z, 1 - x - y + z, 1 + x + y + z], axis=-1)
    best = np.argmax(squares, axis=-1)[..., None]
    pairs = _quaternion_products(m, squares)
    q = normalise(np.take_along_axis(pairs, best[..., None], axis=-2)[..., 0, :])
    return np.where(q[..., 3:] < 0, -q, q)


def _quaternion_products(m: Array, squares: Array) -> Array:
    """Row i of [..., 4, 4] is 4 q_i q; the row of the largest component is the accurate one."""
    xy, xz, yz = m[..., 1, 0] + m[..., 0, 1], m[..., 0, 2] + m[..., 2, 0], m[..., 2, 1] + m[..., 1, 2]
    xw, yw, zw = m[..., 2, 1] - m[..., 1, 2], m[..., 0, 2] - m[..., 2, 0], m[..., 1, 0] - m[..., 0, 1]
    xx, yy, zz, ww = np.moveaxis(squares, -1, 0)
    rows = [[xx, xy, xz, xw], [xy, yy, yz, yw], [xz, yz, zz, zw], [xw, yw, zw, ww]]
    return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)


def matrix_to_six(m: Array) -> Array:
    """Rotation matrices [..., 3, 3] -> 6D [..., 6]."""
    return np.concatenate([m[..., :, 0], m[..., :, 1]], axis=-1)


def six_to_matrix(six: Array) -> Array:
    """6D [..., 6], not necessarily orthonormal -> the nearest rotation by Gram-Schmidt [..., 3, 3]."""
    x = normalise(six[..., :3])
    y = normalise(six[..., 3:] - np.sum(x * six[..., 3:], axis=-1, keepdims=True) * x)
    return np.stack([x, y, np.cross(x, y)], axis=-1)


def quaternion_to_six(q: Array) -> Array:
    """Unit quaternions [..., 4] -> 6D [..., 6]."""
    return matrix_to_six(quaternion_to_matrix(q))


def six_to_quaternion(six: Array) -> Array:
    """6D [..., 6] -> unit quaternions [..., 4]."""
    return matrix_to_quaternion(six_to_matrix(six))


def angle_between(a: Array, b: Array) -> Array:
    """Angle in radians [...] of the rotation from a to b, quaternions [..., 4]."""
    d = multiply(a, conjugate(b))
    return 2 * np.arctan2(np.linalg.norm(d[..., :3], axis=-1), np.abs(d[..., 3]))


def slerp(a: Array, b: Array, t: Array | float) -> Array:
    """Shortest-path interpolation of quaternions [..., 4]; t [...] 0 gives a, 1 gives b."""
    t = np.asarray(t, dtype=a.dtype)[..., None]
    dot = np.sum(a * b, axis=-1, keepdims=True)
    b = np.where(dot < 0, -b, b)
    angle = np.arccos(np.clip(np.abs(dot), 0, 1))
    sine = np.sin(angle)
    near = sine < 1e-6
    safe = np.where(near, 1, sine)
    wa = np.where(near, 1 - t, np.sin((1 - t) * angle) / safe)
    wb = np.where(near, t, np.sin(t * angle) / safe)
    return normalise(wa * a + wb * b)


def rest_relative_to_local(relative: Array, rest_local: Array, parent_rest_world: Array) -> Array:
    """VRM's rotations, which count from the T-pose in model space, as local rotations of an avatar's own bones.

    Args:
        relative: of a bone against its parent, both counted from the T-pose; what travels on the wire [..., 4].
        rest_local: the bone's own local rotation in the T-pose [..., 4].
        parent_rest_world: its parent's rotation in the T-pose, in the model's space [..., 4].
    """
    inside = multiply(conjugate(parent_rest_world), multiply(relative, parent_rest_world))
    return multiply(inside, rest_local)


def local_to_rest_relative(local: Array, rest_local: Array, parent_rest_world: Array) -> Array:
    """The inverse of `rest_relative_to_local`."""
    turned = multiply(local, conjugate(rest_local))
    return multiply(parent_rest_world, multiply(turned, conjugate(parent_rest_world)))


def yaw_quaternion(yaw: Array) -> Array:
    """Turns about +Y by yaw [...] radians -> [..., 4]."""
    zero = np.zeros_like(yaw)
    return np.stack([zero, np.sin(yaw / 2), zero, np.cos(yaw / 2)], axis=-1)


def heading(q: Array) -> Array:
    """The yaw [...] of a pelvis rotation [..., 4]: the twist about +Y; 0 faces +Z, positive turns to the left.

    The twist is defined wherever the body is not exactly upside down, and moves smoothly as the body leans.
    """
    return wrap(2 * np.arctan2(q[..., 1], q[..., 3]))


def wrap(angle: Array) -> Array:
    """Angles in radians brought to [-pi, pi)."""
    return (angle + np.pi) % (2 * np.pi) - np.pi

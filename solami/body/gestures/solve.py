"""Two-bone inverse kinematics for arms and legs, in numpy, batched. Knows no gestures.

Everything is solved for the left side; the right side is solved as its mirror image, since the skeleton is symmetric.
"""

from __future__ import annotations

import numpy as np

from solami import skeleton
from solami.body.geometry import Array, conjugate, matrix_to_quaternion, multiply, normalise, rotate, slerp
from solami.body.kinematics import rest_offsets

IDENTITY = np.array([0.0, 0.0, 0.0, 1.0])
REACH = 0.998  # of the outstretched length


def mirror_quaternion(q: Array) -> Array:
    """The mirror image of turns [..., 4] in the plane x = 0."""
    return q * np.array([1.0, -1.0, -1.0, 1.0])


def mirror_vector(v: Array) -> Array:
    """The mirror image of vectors [..., 3] in the plane x = 0."""
    return v * np.array([-1.0, 1.0, 1.0])


def offset(joint: str) -> Array:
    """Rest offset of a joint from its parent, metres [3]."""
    return rest_offsets()[skeleton.INDEX[joint]].astype(np.float64)


def frame(first: Array, second: Array) -> Array:
    """Orthonormal columns [..., 3, 3]: `first`, what of `second` is across it, and their cross product."""
    x = normalise(first)
    y = normalise(second - np.sum(second * x, axis=-1, keepdims=True) * x)
    return np.stack([x, y, np.cross(x, y)], axis=-1)


def turn_between(rest: tuple[Array, Array], now: tuple[Array, Array]) -> Array:
    """The turn [..., 4] that brings the rest directions to where they are now; the first exactly, the second nearly."""
    return matrix_to_quaternion(frame(*now) @ np.swapaxes(frame(*rest), -1, -2))


def shortest_turn(a: Array, b: Array) -> Array:
    """The smallest turn [..., 4] from direction a to direction b [..., 3]."""
    a, b = normalise(a), normalise(b)
    dot = np.sum(a * b, axis=-1, keepdims=True)
    return normalise(np.concatenate([np.cross(a, b), 1.0 + np.maximum(dot, -0.999999)], axis=-1))


def twist_about(q: Array, axis: Array) -> Array:
    """The part [..., 4] of q that turns about a unit axis [3]."""
    along = np.sum(q[..., :3] * axis, axis=-1, keepdims=True)
    return normalise(np.concatenate([along * axis, q[..., 3:]], axis=-1))


def limited(q: Array, degrees: float) -> Array:
    """q [..., 4], turned back to at most so many degrees."""
    q = np.where(q[..., 3:] < 0, -q, q)
    angle = 2 * np.arccos(np.clip(q[..., 3], -1, 1))
    share = np.minimum(1.0, np.radians(degrees) / np.maximum(angle, 1e-9))
    return slerp(np.broadcast_to(IDENTITY, q.shape), q, share)


def middle_joint(root: Array, tip: Array, lengths: tuple[float, float], pole: Array) -> tuple[Array, Array]:
    """Elbow or knee [..., 3] between root and tip, bent towards `pole`; and the tip that can be reached."""
    first, second = lengths
    across = tip - root
    distance = np.linalg.norm(across, axis=-1, keepdims=True)
    direction = across / np.maximum(distance, 1e-9)
    reached = np.clip(distance, abs(first - second) + 0.02, (first + second) * REACH)
    along = (first**2 - second**2 + reached**2) / (2 * reached)
    height = np.sqrt(np.maximum(first**2 - along**2, 0))
    side = normalise(pole - np.sum(pole * direction, axis=-1, keepdims=True) * direction)
    return root + along * direction + height * side, root + reached * direction


def bone_turns(bones: tuple[Array, Array], hinge: Array, parent: Array, at: tuple[Array, Array, Array]) -> Array:
    """Local turns [..., 2, 4] of two bones whose joints are to be `at` (root, middle, tip), world; `parent` world turn.

    `bones` are the rest offsets of middle and tip, `hinge` the rest axis about which the middle joint bends.
    """
    upper, lower = at[1] - at[0], at[2] - at[1]
    axis = np.cross(upper, lower)
    fallback = rotate(parent, np.broadcast_to(hinge, upper.shape))
    axis = np.where(np.linalg.norm(axis, axis=-1, keepdims=True) > 1e-4, axis, fallback)
    upper_world = turn_between((bones[0], hinge), (upper, axis))
    lower_local = shortest_turn(np.broadcast_to(bones[1], upper.shape), rotate(conjugate(upper_world), lower))
    return np.stack([multiply(conjugate(parent), upper_world), lower_local], axis=-2)

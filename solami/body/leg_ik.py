"""Two-bone inverse kinematics for legs: hip and knee turn so that the ankle reaches a place. Knows no contacts.

The knee keeps the plane it bends in and the foot keeps its direction in the world.
"""

from __future__ import annotations

import numpy as np

from solami import skeleton
from solami.body.geometry import Array, axis_angle_to_quaternion, conjugate, multiply, normalise, rotate
from solami.body.kinematics import rest_offsets

SIDES = ("left", "right")
HIPS, KNEES, ANKLES = (tuple(skeleton.INDEX[f"{s}_{n}"] for s in SIDES) for n in ("hip", "knee", "ankle"))
_STRAIGHT = 0.9995  # share of its length to which a leg is stretched at most: beyond it the knee would jitter


def leg_reach_m(side: int) -> float:
    """How far the ankle of the left (0) or right (1) leg can be from its hip."""
    thigh, shin = (float(np.linalg.norm(rest_offsets()[j])) for j in (KNEES[side], ANKLES[side]))
    return _STRAIGHT * (thigh + shin)


def reach(rotations: Array, world: Array, positions: Array, side: int, targets: Array) -> Array:
    """Parent-relative rotations [T, J, 4] with one leg's ankle put to its targets, as near as it reaches.

    Args:
        rotations: parent-relative quaternions [T, J, 4].
        world: world quaternions [T, >=22, 4] of the same poses.
        positions: world positions [T, >=22, 3].
        side: 0 left, 1 right.
        targets: where the ankle shall be [T, 3].
    """
    hip, knee, ankle = HIPS[side], KNEES[side], ANKLES[side]
    h, k, a = positions[:, hip], positions[:, knee], positions[:, ankle]
    thigh, shin = (float(np.linalg.norm(rest_offsets()[j])) for j in (knee, ankle))
    wanted = np.clip(np.linalg.norm(targets - h, axis=1), 0.05 + abs(thigh - shin), leg_reach_m(side))
    axis = _bend_axis(world[:, hip], h, k, a)
    open_knee = _corner(thigh, shin, wanted) - _angle(h - k, a - k)
    open_hip = _corner(thigh, wanted, shin) - _angle(k - h, a - h)
    hip_turn = axis_angle_to_quaternion(axis * -open_hip[:, None])
    knee_turn = axis_angle_to_quaternion(axis * open_knee[:, None])
    swing = _between(rotate(hip_turn, k - h) + rotate(multiply(hip_turn, knee_turn), a - k), targets - h)
    new_hip = multiply(multiply(swing, hip_turn), world[:, hip])
    new_knee = multiply(multiply(swing, multiply(hip_turn, knee_turn)), world[:, knee])
    result = rotations.copy()
    parent = world[:, skeleton.PARENTS[hip]]
    result[:, hip] = normalise(multiply(conjugate(parent), new_hip))
    result[:, knee] = normalise(multiply(conjugate(new_hip), new_knee))
    result[:, ankle] = normalise(multiply(conjugate(new_knee), world[:, ankle]))
    return result


def _bend_axis(hip_world: Array, h: Array, k: Array, a: Array) -> Array:
    """Unit axis [T, 3] about which a positive turn of the shin straightens the knee."""
    plane = np.cross(a - k, h - k)
    own = rotate(hip_world, np.broadcast_to(np.array([-1.0, 0.0, 0.0]), plane.shape))
    bent = np.linalg.norm(plane, axis=1, keepdims=True)
    share = np.clip((bent - 0.002) / 0.01, 0, 1)  # a straight leg has no plane: then the knee's hinge
    return normalise(share * -plane / np.maximum(bent, 1e-9) + (1 - share) * own)


def _corner(a: float, b: Array | float, opposite: Array | float) -> Array:
    """The angle [T] between sides a and b of a triangle."""
    cosine = (a * a + np.square(b) - np.square(opposite)) / (2 * a * np.asarray(b))
    return np.asarray(np.arccos(np.clip(cosine, -1, 1)))


def _angle(a: Array, b: Array) -> Array:
    return np.asarray(np.arctan2(np.linalg.norm(np.cross(a, b), axis=1), np.sum(a * b, axis=1)))


def _between(a: Array, b: Array) -> Array:
    """The shortest turn [T, 4] from the direction of a to that of b."""
    a, b = normalise(a), normalise(b)
    return normalise(np.concatenate([np.cross(a, b), 1 + np.sum(a * b, axis=1, keepdims=True)], axis=1))

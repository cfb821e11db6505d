"""Legs by two-bone inverse kinematics: hip and knee turn so that the ankle reaches a place. Knows no contacts.

The knee keeps the plane it bends in and the foot keeps its direction in the world.
"""

from __future__ import annotations

import numpy as np

from solami import skeleton
from solami.body.geometry import Array, conjugate, multiply, normalise, rotate
from solami.body.kinematics import rest_offsets
from solami.body.two_bone import STRETCH, Limb
from solami.body.two_bone import reach as bend

SIDES = ("left", "right")
HIPS, KNEES, ANKLES = (tuple(skeleton.INDEX[f"{s}_{n}"] for s in SIDES) for n in ("hip", "knee", "ankle"))


def leg_reach_m(side: int) -> float:
    """How far the ankle of the left (0) or right (1) leg can be from its hip."""
    thigh, shin = (float(np.linalg.norm(rest_offsets()[j])) for j in (KNEES[side], ANKLES[side]))
    return STRETCH * (thigh + shin)


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
    leg = Limb(positions[:, hip], positions[:, knee], positions[:, ankle], world[:, hip], world[:, knee])
    forward = rotate(world[:, hip], np.broadcast_to(np.array([0.0, 0.0, 1.0]), targets.shape))
    new_hip, new_knee = bend(leg, targets, forward)
    result = rotations.copy()
    parent = world[:, skeleton.PARENTS[hip]]
    result[:, hip] = normalise(multiply(conjugate(parent), new_hip))
    result[:, knee] = normalise(multiply(conjugate(new_hip), new_knee))
    result[:, ankle] = normalise(multiply(conjugate(new_knee), world[:, ankle]))
    return result

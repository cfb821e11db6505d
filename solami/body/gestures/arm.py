"""Turns of one arm for a palm's place: collar, shoulder, elbow, wrist. Knows no time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from solami.body.geometry import Array, conjugate, multiply, normalise, rotate
from solami.body.gestures.pose import Arm
from solami.body.gestures.solve import (
    IDENTITY,
    bone_turns,
    limited,
    middle_joint,
    offset,
    shortest_turn,
    turn_between,
    twist_about,
)

PALM_M = 0.085  # from the wrist to the middle of the palm
PALM_THICK_M = 0.018  # from the bones of the hand to the skin of the palm
UPPER_M, LOWER_M = float(np.linalg.norm(offset("left_elbow"))), float(np.linalg.norm(offset("left_wrist")))
_HINGE = np.array([0.0, -1.0, 0.0])  # about which the left elbow bends
_FOREARM = normalise(offset("left_wrist"))
WRIST_BEND_DEG, FOREARM_TWIST_DEG = 68.0, 130.0


Frame = tuple[Array, Array]  # world turns [N, 4] and places [N, 3]


def solve_arms(arms: Sequence[Arm], bases: Frame, chests: Frame) -> Array:
    """Local turns [N, 4, 4] of the left collar, shoulder, elbow and wrist, one arm a row.

    Args:
        arms: where the hands are to be.
        bases: the frames that each `arm.palm` is given in.
        chests: spine3, on which the arms hang. For right arms give mirror images.
    """
    turn, place = bases
    fingers, facing = (
        rotate(turn, normalise(np.array(v, np.float64))) for v in ([a.fingers for a in arms], [a.facing for a in arms])
    )
    facing = normalise(facing - np.sum(facing * fingers, axis=-1, keepdims=True) * fingers)
    palm = np.array([arm.palm for arm in arms], np.float64)
    wrist = place + rotate(turn, palm) - PALM_M * fingers - PALM_THICK_M * facing
    pole = rotate(chests[0], np.array([arm.elbow for arm in arms], np.float64))
    collar = np.tile(IDENTITY, (len(arms), 1))
    for _ in range(2):  # the girdle follows the elbow, the elbow the girdle
        shoulder = _shoulder(collar, chests)
        elbow, _tip = middle_joint(shoulder, wrist, (UPPER_M, LOWER_M), pole)
        collar = _girdle(rotate(conjugate(chests[0]), normalise(elbow - shoulder)))
    shoulder = _shoulder(collar, chests)
    elbow, tip = middle_joint(shoulder, wrist, (UPPER_M, LOWER_M), pole)
    collar_world = multiply(chests[0], collar)
    bones = bone_turns((offset("left_elbow"), offset("left_wrist")), _HINGE, collar_world, (shoulder, elbow, tip))
    lower_world = multiply(multiply(collar_world, bones[:, 0]), bones[:, 1])
    hand_world = turn_between((np.array([1.0, 0, 0]), np.array([0, -1.0, 0])), (fingers, facing))
    elbow_turn, wrist_turn = _twist_shared(bones[:, 1], multiply(conjugate(lower_world), hand_world))
    return np.stack([collar, bones[:, 0], elbow_turn, wrist_turn], axis=1)


def _shoulder(collar: Array, chests: Frame) -> Array:
    """Places [N, 3] of the shoulder joints."""
    on_chest = np.broadcast_to(offset("left_collar"), chests[1].shape)
    on_collar = np.broadcast_to(offset("left_shoulder"), chests[1].shape)
    return chests[1] + rotate(chests[0], on_chest) + rotate(multiply(chests[0], collar), on_collar)


def _girdle(upper: Array) -> Array:
    """The collar's turns [N, 4] for upper arms along `upper` [N, 3] in the chest's axes: raised, brought forward."""
    raised = np.arcsin(np.clip(upper[:, 1], -1, 1))
    up = np.radians(18) * np.clip((raised + np.radians(25)) / np.radians(110), 0, 1)
    forward = np.radians(12) * np.clip(upper[:, 2], 0, 1)
    goal = np.stack([np.cos(up) * np.cos(forward), np.sin(up), np.sin(forward)], axis=-1)
    return shortest_turn(np.broadcast_to(np.array([1.0, 0.0, 0.0]), goal.shape), goal)


def _twist_shared(elbow: Array, wrist: Array) -> tuple[Array, Array]:
    """The forearm's twist taken half by the elbow; the wrist keeps within what a wrist can do."""
    twist = twist_about(wrist, _FOREARM)
    bend = limited(multiply(conjugate(twist), wrist), WRIST_BEND_DEG)
    twist = limited(twist, FOREARM_TWIST_DEG)
    half = normalise(twist + IDENTITY)
    return multiply(elbow, half), multiply(half, bend)

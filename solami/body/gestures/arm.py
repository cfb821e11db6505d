"""Turns of one arm for a palm's place: collar, shoulder, elbow, wrist. Knows no time."""

from __future__ import annotations

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


def solve_arm(arm: Arm, base: tuple[Array, Array], chest: tuple[Array, Array]) -> Array:
    """Local turns [4, 4] of the left collar, shoulder, elbow and wrist.

    Args:
        arm: where the hand is to be.
        base: turn [4] and place [3] of the frame that `arm.palm` is given in.
        chest: turn [4] and place [3] of spine3. The arm hangs on it. World; for the right arm give mirror images.
    """
    turn, place = base
    fingers, facing = (rotate(turn, normalise(np.array(v, np.float64))) for v in (arm.fingers, arm.facing))
    facing = normalise(facing - np.dot(facing, fingers) * fingers)
    wrist = place + rotate(turn, np.array(arm.palm)) - PALM_M * fingers - PALM_THICK_M * facing
    pole = rotate(chest[0], np.array(arm.elbow, np.float64))
    collar = IDENTITY
    for _ in range(2):  # the girdle follows the elbow, the elbow the girdle
        collar_world = multiply(chest[0], collar)
        shoulder = chest[1] + rotate(chest[0], offset("left_collar")) + rotate(collar_world, offset("left_shoulder"))
        elbow, tip = middle_joint(shoulder, wrist, (UPPER_M, LOWER_M), pole)
        collar = _girdle(rotate(conjugate(chest[0]), normalise(elbow - shoulder)))
    collar_world = multiply(chest[0], collar)
    shoulder = chest[1] + rotate(chest[0], offset("left_collar")) + rotate(collar_world, offset("left_shoulder"))
    elbow, tip = middle_joint(shoulder, wrist, (UPPER_M, LOWER_M), pole)
    bones = bone_turns((offset("left_elbow"), offset("left_wrist")), _HINGE, collar_world, (shoulder, elbow, tip))
    lower_world = multiply(multiply(collar_world, bones[0]), bones[1])
    hand_world = turn_between((np.array([1.0, 0, 0]), np.array([0, -1.0, 0])), (fingers, facing))
    elbow_turn, wrist_turn = _twist_shared(bones[1], multiply(conjugate(lower_world), hand_world))
    return np.stack([collar, bones[0], elbow_turn, wrist_turn])


def _girdle(upper: Array) -> Array:
    """The collar's turn [4] for an upper arm along `upper` [3] in the chest's axes: raised and brought forward a little."""
    raised = np.arcsin(np.clip(upper[1], -1, 1))
    up = np.radians(18) * np.clip((raised + np.radians(25)) / np.radians(110), 0, 1)
    forward = np.radians(12) * np.clip(upper[2], 0, 1)
    goal = np.array([np.cos(up) * np.cos(forward), np.sin(up), np.sin(forward)])
    return shortest_turn(np.array([1.0, 0.0, 0.0]), goal)


def _twist_shared(elbow: Array, wrist: Array) -> tuple[Array, Array]:
    """The forearm's twist taken half by the elbow; the wrist keeps within what a wrist can do."""
    twist = twist_about(wrist, _FOREARM)
    bend = limited(multiply(conjugate(twist), wrist), WRIST_BEND_DEG)
    twist = limited(twist, FOREARM_TWIST_DEG)
    half = normalise(twist + IDENTITY)
    return multiply(elbow, half), multiply(half, bend)

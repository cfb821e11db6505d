"""Legs by inverse kinematics from where the feet stand, and the pelvis as high as they allow. Knows no arms."""

from __future__ import annotations

import numpy as np

from solami import skeleton
from solami.body.geometry import Array, axis_angle_to_quaternion, conjugate, multiply, rotate, yaw_quaternion
from solami.body.gestures.gait import Footing, smooth
from solami.body.gestures.idle import Style
from solami.body.gestures.pose import Side
from solami.body.gestures.solve import bone_turns, middle_joint, mirror_quaternion, mirror_vector, offset

_I = skeleton.INDEX
THIGH_M, SHANK_M = float(np.linalg.norm(offset("left_knee"))), float(np.linalg.norm(offset("left_ankle")))
ANKLE_M, BALL_M = skeleton.CONTACT_HEIGHTS_M[0], skeleton.CONTACT_HEIGHTS_M[2]
STRAIGHT = 0.993  # of the leg's length while standing
ANKLE_BEHIND_M = 0.052  # of the pelvis
_HINGE = np.array([1.0, 0.0, 0.0])
_BALL = offset("left_foot")


def foot_frames(base: Footing, feet: dict[Side, Array], style: Style, side: Side) -> tuple[Array, Array, Array]:
    """World turn [T, 4] of the sole, its yaw [T], the ankle's place [T, 3]; the right foot as its mirror image."""
    way = 1.0 if side == "left" else -1.0
    x, z, lift, yaw_deg, pitch_deg = feet[side].T
    place = base.feet[side] * np.array([way, 1.0, way])  # mirrored with everything else
    stand = style.stance_m + x
    sine, cosine = np.sin(place[:, 2]), np.cos(place[:, 2])
    along = z - ANKLE_BEHIND_M
    flat = np.stack([place[:, 0] + stand * cosine + along * sine, place[:, 1] - stand * sine + along * cosine], axis=1)
    yaw = place[:, 2] + np.radians(style.toe_out_deg + yaw_deg)
    turn = yaw_quaternion(yaw)
    pitch = np.radians(pitch_deg + base.pitch[side])
    tilt = np.zeros((len(pitch), 3))
    tilt[:, 0] = pitch
    sole = multiply(turn, axis_angle_to_quaternion(tilt))
    ball = np.stack([flat[:, 0], np.full(len(yaw), ANKLE_M), flat[:, 1]], axis=1) + rotate(turn, _BALL)
    heel_up = ball - rotate(sole, np.broadcast_to(_BALL, ball.shape))  # turned about the ball
    toes_up = np.stack([flat[:, 0], np.full(len(yaw), ANKLE_M), flat[:, 1]], axis=1)  # turned about the ankle
    ankle = np.where((pitch > 0)[:, None], heel_up, toes_up)
    ankle[:, 1] += lift + base.lift[side]
    return sole, yaw, ankle


def place_pelvis(
    pelvis: Array, shifts: Array, base: Footing, feet: dict[Side, Array], style: Style, fps: float
) -> Array:
    """The pelvis's place [T, 3]: over the feet, shifted, and as high as both legs allow less what the shift lowers."""
    sine, cosine = np.sin(base.body[:, 2]), np.cos(base.body[:, 2])
    x = base.body[:, 0] + shifts[:, 0] * cosine + shifts[:, 2] * sine
    z = base.body[:, 1] - shifts[:, 0] * sine + shifts[:, 2] * cosine
    highest = np.full(len(x), np.inf)
    for side in ("left", "right"):
        turn, way = (pelvis, 1.0) if side == "left" else (mirror_quaternion(pelvis), -1.0)
        hip = rotate(turn, np.broadcast_to(offset("left_hip"), (len(x), 3)))
        _, _, ankle = foot_frames(base, feet, style, side)
        away = np.hypot(way * x + hip[:, 0] - ankle[:, 0], z + hip[:, 2] - ankle[:, 2])
        length = STRAIGHT * (THIGH_M + SHANK_M)
        highest = np.minimum(highest, ankle[:, 1] - hip[:, 1] + np.sqrt(np.maximum(length**2 - away**2, 0.04)))
    time = np.arange(len(x)) / fps
    gentle = np.minimum(smooth(highest[:, None], time, 0.04)[:, 0], highest)
    return np.stack([x, gentle + shifts[:, 1], z], axis=1)


def solve_legs(rotations: Array, translation: Array, base: Footing, feet: dict[Side, Array], style: Style) -> None:
    """Write hips, knees, ankles and toes into `rotations` [T, 55, 4]."""
    for side in ("left", "right"):
        is_left = side == "left"
        pelvis = rotations[:, 0] if is_left else mirror_quaternion(rotations[:, 0])
        place = translation if is_left else mirror_vector(translation)
        sole, yaw, ankle = foot_frames(base, feet, style, side)
        hip = place + rotate(pelvis, np.broadcast_to(offset("left_hip"), place.shape))
        outwards = yaw * 0.6 + base.body[:, 2] * (0.4 if is_left else -0.4)  # of foot and body, never wrapped
        pole = np.stack([np.sin(outwards), np.zeros(len(yaw)), np.cos(outwards)], axis=1)
        knee, tip = middle_joint(hip, ankle, (THIGH_M, SHANK_M), pole)
        bones = bone_turns((offset("left_knee"), offset("left_ankle")), _HINGE, pelvis, (hip, knee, tip))
        shank = multiply(multiply(pelvis, bones[:, 0]), bones[:, 1])
        ankle_turn = multiply(conjugate(shank), sole)
        toes = np.zeros((len(yaw), 3))
        toes[:, 0] = -np.radians(np.clip(feet[side][:, 4] + base.pitch[side], 0, 40))
        solved = (bones[:, 0], bones[:, 1], ankle_turn, axis_angle_to_quaternion(toes))
        for joint, turn in zip(("hip", "knee", "ankle", "foot"), solved, strict=True):
            rotations[:, _I[f"{side}_{joint}"]] = turn if is_left else mirror_quaternion(turn)

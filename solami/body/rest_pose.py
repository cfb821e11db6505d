"""The pose a rig's turns are counted from: which it is, which way it faces, and whether its axes are left-handed.

Rigs whose zero pose is no person (every bone along one axis) are read from a frame in which the person stands instead.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from solami import skeleton
from solami.body.geometry import Array, matrix_to_quaternion, normalise
from solami.body.handedness import UP_AXES, up_vector
from solami.body.rig_motion import Pose, RigMotion

_J = skeleton.INDEX


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """The pose a rig's turns are counted from."""

    pose: Pose
    kind: str  # rest pose, first frame or a standing frame
    is_posed: bool  # a frame of the motion: limbs are aligned exactly, since nobody meant it as a T-pose


def choose_reference(rig: RigMotion, joints: dict[int, int]) -> Reference:
    """The rest pose if it is a person's, else a first frame in T-pose, else the frame that stands straightest."""
    for pose in rig.rests:
        if rig.rests_in_t_pose or _is_person(pose.positions, joints, arms_out=False):
            return Reference(pose, "rest pose", False)
    first = Pose(rig.rotations[0], rig.positions[0])
    if _is_person(first.positions, joints, arms_out=True):
        return Reference(first, "first frame", False)
    best = int(np.argmax(_straightness(rig.positions, joints)))
    return Reference(Pose(rig.rotations[best], rig.positions[best]), f"standing frame {best}", True)


def _along(positions: Array, joints: dict[int, int], start: str, end: str) -> Array:
    """Unit vectors [..., 3] from joint to joint."""
    return normalise(positions[..., joints[_J[end]], :] - positions[..., joints[_J[start]], :])


def torso(positions: Array, joints: dict[int, int]) -> Array:
    """Unit vectors [..., 3] from the middle of the hips to the middle of the shoulders."""
    hips, shoulders = (
        positions[..., joints[_J[f"left_{name}"]], :] + positions[..., joints[_J[f"right_{name}"]], :]
        for name in ("hip", "shoulder")
    )
    return normalise(shoulders - hips)


def _is_person(positions: Array, joints: dict[int, int], *, arms_out: bool) -> bool:
    """Whether a pose is an upright T-, A- or arms-down pose."""
    up = torso(positions, joints)
    hips, shoulders = (_along(positions, joints, f"right_{n}", f"left_{n}") for n in ("hip", "shoulder"))
    if hips @ shoulders < 0.5 or abs(up @ hips) > 0.5:
        return False
    for side, left in (("left", hips), ("right", -hips)):
        thigh, arm = (_along(positions, joints, f"{side}_{a}", f"{side}_{b}") for a, b in _UPPER)
        if thigh @ up > -0.6 or arm @ up > 0.5 or arm @ left < -0.3:
            return False
        if _J[f"{side}_ankle"] in joints and _along(positions, joints, f"{side}_knee", f"{side}_ankle") @ thigh < 0.85:
            return False
        if arms_out and not (thigh @ up < -0.9 and arm @ left > 0.7 and _is_straight(positions, joints, side, arm)):
            return False
    return True


def _is_straight(positions: Array, joints: dict[int, int], side: str, arm: Array) -> bool:
    if _J[f"{side}_wrist"] not in joints:
        return True
    return bool(_along(positions, joints, f"{side}_elbow", f"{side}_wrist") @ arm > 0.9)


_UPPER = (("hip", "knee"), ("shoulder", "elbow"))


def _straightness(positions: Array, joints: dict[int, int]) -> Array:
    """How straight a person stands in each frame [T]."""
    up = torso(positions, joints)
    score = np.zeros(len(positions))
    for side in ("left", "right"):
        thigh, arm = (_along(positions, joints, f"{side}_{a}", f"{side}_{b}") for a, b in _UPPER)
        score -= 2 * np.sum(thigh * up, axis=-1) + 0.5 * np.sum(arm * up, axis=-1)
        if _J[f"{side}_ankle"] in joints:
            score -= 2 * np.sum(_along(positions, joints, f"{side}_knee", f"{side}_ankle") * up, axis=-1)
        if _J[f"{side}_wrist"] in joints:
            score += np.sum(_along(positions, joints, f"{side}_elbow", f"{side}_wrist") * arm, axis=-1)
    return score


def nearest_axis(direction: Array) -> str:
    """The one of UP_AXES nearest to a direction [3]."""
    return max(UP_AXES, key=lambda name: float(up_vector(name) @ direction))


def body_axes(positions: Array, joints: dict[int, int], up: str) -> Array:
    """The rotation [4] that brings a pose upright and facing +Z."""
    left = _along(positions, joints, "right_hip", "left_hip") + _along(
        positions, joints, "right_shoulder", "left_shoulder"
    )
    y = up_vector(up)
    x = normalise(left - (left @ y) * y)
    snapped = up_vector(nearest_axis(x))
    x = snapped if snapped @ x > np.cos(np.radians(3.0)) else x
    return matrix_to_quaternion(np.stack([x, y, np.cross(x, y)]))


def is_mirrored(positions: Array, joints: dict[int, int]) -> bool:
    """Whether both feet of a pose that faces +Z point back: the file's axes make a left hand."""
    names = [(f"{side}_ankle", f"{side}_foot") for side in ("left", "right")]
    if any(_J[name] not in joints for pair in names for name in pair):
        return False
    return all(_along(positions, joints, *pair)[2] < -0.3 for pair in names)

"""From a rig's resting pose to ours: which way it faces, how large it is, and how its limbs differ from a T-pose.

A bone's turn from its rest pose, in the world, is the joint's turn from our rest pose if both rest alike. Where they do
not (arms down, legs apart), an alignment turns our resting limb onto theirs first. Rigs whose zero pose is no person
(every bone along one axis) are read from a frame in which the person stands instead.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from solami import skeleton
from solami.body.geometry import (
    Array,
    angle_between,
    axis_angle_to_quaternion,
    conjugate,
    matrix_to_quaternion,
    multiply,
    normalise,
    rotate,
)
from solami.body.handedness import UP_AXES, up_vector
from solami.body.kinematics import rest_joints
from solami.body.rig_motion import Pose, RigMotion

_J = skeleton.INDEX
_ARM_TOLERANCE, _LEG_TOLERANCE, _BONE_TOLERANCE, _END_TOLERANCE = (np.radians(a) for a in (12.0, 8.0, 20.0, 30.0))
IDENTITY = np.array([0.0, 0.0, 0.0, 1.0])


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


def swing(a: Array, b: Array) -> Array:
    """The shortest rotation [4] that turns direction a [3] to b [3]."""
    a, b = normalise(a), normalise(b)
    axis, cosine = np.cross(a, b), float(a @ b)
    if cosine < -1 + 1e-9:
        axis = np.cross(a, [0.0, 0.0, 1.0] if abs(a[2]) < 0.9 else [1.0, 0.0, 0.0])
        return np.append(normalise(axis), 0.0)
    return normalise(np.append(axis, 1 + cosine))


def frontal_swing(a: Array, b: Array) -> Array:
    """Turns a to b: about the front axis as far as that goes, as limbs rest apart, then the short way."""
    fronts = [np.hypot(v[0], v[1]) / np.linalg.norm(v) for v in (a, b)]
    if min(fronts) < 0.5:
        return swing(a, b)
    angle = np.arctan2(a[0] * b[1] - a[1] * b[0], a[0] * b[0] + a[1] * b[1])
    first = axis_angle_to_quaternion(np.array([0.0, 0.0, angle]))
    return multiply(swing(rotate(first, a), b), first)


def alignments(positions: Array, joints: dict[int, int], tips: dict[int, int], is_posed: bool) -> dict[int, Array]:
    """What turns our rest pose to the rig's, in the world, joint by joint; identity where a joint is not named.

    Args:
        positions: the rig's rest pose, upright and facing +Z [N, 3].
        joints: SMPL-X joint -> bone.
        tips: bone -> a bone below it, where no joint is.
        is_posed: align exactly, since the pose was not meant as a rest pose.
    """
    found: dict[int, Array] = {}
    trunk = IDENTITY
    if is_posed:
        trunk = swing(torso(rest_joints(), {i: i for i in range(55)}), torso(positions, joints))
    for joint in range(skeleton.NUM_BODY_JOINTS):
        found[joint] = trunk
    for side in ("left", "right"):
        arm = [_J[f"{side}_{n}"] for n in ("shoulder", "elbow", "wrist")]
        leg = [_J[f"{side}_{n}"] for n in ("hip", "knee", "ankle")]
        _align_limb(found, positions, joints, tips, arm, 0.0 if is_posed else _ARM_TOLERANCE)
        _align_limb(found, positions, joints, tips, leg, 0.0 if is_posed else _LEG_TOLERANCE)
        _align_foot(found, positions, joints, side)
        _align_hand(found, positions, joints, side)
    return found


def _vectors(
    positions: Array, joints: dict[int, int], tips: dict[int, int], a: int, b: int
) -> tuple[Array, Array] | None:
    """Ours and theirs from joint a to b; theirs to the tip of a where the rig has no b."""
    start, end = joints.get(a), joints.get(b, tips.get(joints.get(a, -1), -1))
    if start is None or end < 0 or np.linalg.norm(positions[end] - positions[start]) < 1e-9:
        return None
    return rest_joints()[b] - rest_joints()[a], positions[end] - positions[start]


def _align_limb(
    found: dict[int, Array], positions: Array, joints: dict[int, int], tips: dict[int, int], limb: list[int],
    tolerance: float,
) -> None:  # fmt: skip
    """The whole limb first, then each bone that is still far off."""
    upper, lower, end = limb
    whole = _vectors(positions, joints, tips, upper, end)
    turn = found[upper]
    if whole is not None and _angle(rotate(turn, whole[0]), whole[1]) > tolerance:
        turn = multiply(frontal_swing(rotate(turn, whole[0]), whole[1]), turn)
    for a, b in ((upper, lower), (lower, end)):
        pair = _vectors(positions, joints, tips, a, b)
        if pair is not None and _angle(rotate(turn, pair[0]), pair[1]) > (_BONE_TOLERANCE if tolerance else 0.0):
            turn = multiply(swing(rotate(turn, pair[0]), pair[1]), turn)
        found[a] = turn
    found[end] = turn


def _align_foot(found: dict[int, Array], positions: Array, joints: dict[int, int], side: str) -> None:
    """Feet stand flat whatever the legs do, unless they are turned along with them."""
    ankle, toes = _J[f"{side}_ankle"], _J[f"{side}_foot"]
    pair = _vectors(positions, joints, {}, ankle, toes)
    leg = found[ankle]
    if pair is None:
        found[ankle] = found[toes] = IDENTITY if angle_between(leg, IDENTITY) < np.radians(40) else leg
        return
    turn = min((IDENTITY, leg), key=lambda q: _angle(rotate(q, pair[0]), pair[1]))
    if _angle(rotate(turn, pair[0]), pair[1]) > _END_TOLERANCE:
        turn = multiply(swing(rotate(turn, pair[0]), pair[1]), turn)
    found[ankle] = found[toes] = turn


def _align_hand(found: dict[int, Array], positions: Array, joints: dict[int, int], side: str) -> None:
    """The hand goes on from the forearm unless its fingers say otherwise; fingers from the hand likewise."""
    wrist = _J[f"{side}_wrist"]
    turn = found[wrist]
    ours, theirs = (_palm(points, names, side) for points, names in ((rest_joints(), None), (positions, joints)))
    if ours is not None and theirs is not None:
        exact = multiply(theirs, conjugate(ours))
        turn = exact if angle_between(exact, turn) > _END_TOLERANCE else turn
    found[wrist] = turn
    for finger in ("thumb", "index", "middle", "ring", "pinky"):
        bones = [_J[f"{side}_{finger}{n}"] for n in (1, 2, 3)]
        pair = _vectors(positions, joints, {}, bones[0], bones[1])
        own = turn
        if pair is not None and _angle(rotate(own, pair[0]), pair[1]) > _END_TOLERANCE:
            own = multiply(swing(rotate(own, pair[0]), pair[1]), own)
        for bone in bones:
            found[bone] = own


def _palm(points: Array, joints: dict[int, int] | None, side: str) -> Array | None:
    """The frame [4] of a palm: along the hand and across the knuckles."""
    bones = [_J[f"{side}_{name}"] for name in ("wrist", "index1", "pinky1")]
    if joints is not None:
        if any(bone not in joints for bone in bones):
            return None
        bones = [joints[bone] for bone in bones]
    wrist, index, pinky = (points[bone] for bone in bones)
    along, across = normalise(0.5 * (index + pinky) - wrist), index - pinky
    across = normalise(across - (across @ along) * along)
    if min(np.linalg.norm(along), np.linalg.norm(across)) < 0.5:
        return None
    return matrix_to_quaternion(np.stack([along, across, np.cross(along, across)], axis=-1))


def _angle(a: Array, b: Array) -> float:
    return float(np.arctan2(np.linalg.norm(np.cross(a, b)), a @ b))

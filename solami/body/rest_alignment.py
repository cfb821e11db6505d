"""How a rig's resting limbs differ from our T-pose, joint by joint.

A bone's turn from its rest pose, in the world, is the joint's turn from our rest pose if both rest alike. Where they do
not (arms down, legs apart), an alignment turns our resting limb onto theirs first. Small differences are those of
builds and are left alone: two T-poses mean the same.
"""

from __future__ import annotations

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
from solami.body.hinges import twist
from solami.body.rest import rest_positions
from solami.body.rest_pose import torso

_J = skeleton.INDEX
_ARM_TOLERANCE, _LEG_TOLERANCE, _BONE_TOLERANCE, _END_TOLERANCE = (np.radians(a) for a in (12.0, 8.0, 20.0, 30.0))
_IDENTITY = np.array([0.0, 0.0, 0.0, 1.0])
_FINGERS = ("thumb", "index", "middle", "ring", "pinky")
_SETTLED = tuple(_J[name] for name in ("neck", "left_collar", "right_collar", "head"))


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


def alignments(
    positions: Array, joints: dict[int, int], tips: dict[int, int], hinges: dict[int, Array] | None
) -> dict[int, Array]:
    """What turns our rest pose to the rig's, in the world, joint by joint; identity where a joint is not named.

    Args:
        positions: the rig's rest pose, upright and facing +Z [N, 3].
        joints: SMPL-X joint -> bone.
        tips: bone -> a bone below it, where no joint is.
        hinges: for a pose not meant as a rest pose: limbs are aligned exactly, and joint -> the axis [3] its limb bends
            about says how far it is twisted.
    """
    found: dict[int, Array] = {}
    trunk = _IDENTITY
    if hinges is not None:
        trunk = swing(torso(rest_positions(), {i: i for i in range(len(skeleton.JOINTS))}), torso(positions, joints))
    for joint in range(skeleton.NUM_BODY_JOINTS):
        found[joint] = trunk
    end_tolerance = _END_TOLERANCE if hinges is None else 0.0
    for side in ("left", "right"):
        arm = [_J[f"{side}_{n}"] for n in ("shoulder", "elbow", "wrist")]
        leg = [_J[f"{side}_{n}"] for n in ("hip", "knee", "ankle")]
        _align_limb(found, positions, joints, tips, arm, _ARM_TOLERANCE if hinges is None else 0.0)
        _align_limb(found, positions, joints, tips, leg, _LEG_TOLERANCE if hinges is None else 0.0)
        twist(found, positions, joints, hinges or {}, side)
        _align_foot(found, positions, joints, side, end_tolerance)
        _align_hand(found, positions, joints, side, end_tolerance)
    return found


def settle_head(found: dict[int, Array], turns: dict[int, Array]) -> None:
    """Give neck, head and collars the alignment with which they are straight on average.

    For a reference that was not meant as a rest pose, in which the head may look anywhere.

    Args:
        found: the alignments, changed in place.
        turns: joint -> how its bone is turned from the reference pose in each frame [T, 4].
    """
    for joint in _SETTLED:
        above = skeleton.PARENTS[joint]
        while above and above not in turns:
            above = skeleton.PARENTS[above]
        if joint in turns and above in turns:
            wanted = multiply(conjugate(turns[joint]), multiply(turns[above], found[above]))
            wanted = np.where(wanted @ wanted[:1].T < 0, -wanted, wanted)
            found[joint] = normalise(wanted.mean(axis=0))


def _vectors(
    positions: Array, joints: dict[int, int], tips: dict[int, int], a: int, b: int
) -> tuple[Array, Array] | None:
    """Ours and theirs from joint a to b; theirs to the tip of a where the rig has no b."""
    start, end = joints.get(a), joints.get(b, tips.get(joints.get(a, -1), -1))
    if start is None or end < 0 or np.linalg.norm(positions[end] - positions[start]) < 1e-9:
        return None
    return rest_positions()[b] - rest_positions()[a], positions[end] - positions[start]


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
        if pair is not None:
            turn = _onto(turn, pair, _BONE_TOLERANCE if tolerance else 0.0)
        found[a] = turn
    found[end] = turn


def _align_foot(found: dict[int, Array], positions: Array, joints: dict[int, int], side: str, tolerance: float) -> None:
    """Feet stand flat whatever the legs do, unless they are turned along with them."""
    ankle, toes = _J[f"{side}_ankle"], _J[f"{side}_foot"]
    pair = _vectors(positions, joints, {}, ankle, toes)
    leg = found[ankle]
    if pair is None:
        found[ankle] = found[toes] = _IDENTITY if angle_between(leg, _IDENTITY) < np.radians(40) else leg
        return
    turn = min((_IDENTITY, leg), key=lambda q: _angle(rotate(q, pair[0]), pair[1]))
    found[ankle] = found[toes] = _onto(turn, pair, tolerance)


def _align_hand(found: dict[int, Array], positions: Array, joints: dict[int, int], side: str, tolerance: float) -> None:
    """The hand goes on from the forearm unless its fingers say otherwise; fingers from the hand likewise."""
    wrist = _J[f"{side}_wrist"]
    turn = found[wrist]
    ours, theirs = (_palm(points, names, side) for points, names in ((rest_positions(), None), (positions, joints)))
    if ours is not None and theirs is not None:
        exact = multiply(theirs, conjugate(ours))
        turn = exact if angle_between(exact, turn) > tolerance else turn
    found[wrist] = turn
    for finger in _FINGERS:
        own = turn
        for number in (1, 2, 3):
            bone = _J[f"{side}_{finger}{number}"]
            pair = _vectors(positions, joints, {}, bone, bone + 1) if number < 3 else None
            own = own if pair is None else _onto(own, pair, tolerance)
            found[bone] = own


def _onto(turn: Array, pair: tuple[Array, Array], tolerance: float) -> Array:
    """`turn`, and then the shortest way to the rig's direction if that is far."""
    ours = rotate(turn, pair[0])
    return multiply(swing(ours, pair[1]), turn) if _angle(ours, pair[1]) > tolerance else turn


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

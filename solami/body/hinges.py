"""About which axes a rig's elbows and knees bend, and the twist of its limbs that this tells."""

from __future__ import annotations

import numpy as np

from solami import skeleton
from solami.body.geometry import (
    Array,
    axis_angle_to_quaternion,
    conjugate,
    multiply,
    normalise,
    rotate,
)
from solami.body.rig_motion import RigMotion

_J = skeleton.INDEX
_HINGES = {  # about which our elbows and knees bend
    "left_shoulder": ("left_elbow", "left_wrist", (0.0, -1.0, 0.0)),
    "right_shoulder": ("right_elbow", "right_wrist", (0.0, 1.0, 0.0)),
    "left_hip": ("left_knee", "left_ankle", (1.0, 0.0, 0.0)),
    "right_hip": ("right_knee", "right_ankle", (1.0, 0.0, 0.0)),
}
_BENT = 0.4  # sine; a limb bent less says little of its hinge, since ours is bent sideways by 0.2 at rest
_STEADY = 0.8  # how much of the bending must be about one axis for it to be believed


def hinge_axes(rig: RigMotion, joints: dict[int, int], to_reference: dict[int, Array]) -> dict[int, Array]:
    """The axis [3] each elbow and knee bends about, for its upper and its lower bone, in the reference pose.

    Args:
        rig: the motion.
        joints: SMPL-X joint -> bone.
        to_reference: joint -> what turns a bone's own axes to the reference pose [4].
    """
    found: dict[int, Array] = {}
    for upper, (middle, end, _) in _HINGES.items():
        bones = [joints.get(_J[name]) for name in (upper, middle, end)]
        if any(bone is None for bone in bones):
            continue
        first, second, third = (rig.positions[:, bone] for bone in bones)
        bend = np.cross(normalise(second - first), normalise(third - second))
        bent = np.linalg.norm(bend, axis=-1) > _BENT
        for name in (upper, middle):
            own = rotate(conjugate(rig.rotations[bent, joints[_J[name]]]), bend[bent])
            total, strength = own.sum(axis=0), np.linalg.norm(own, axis=-1).sum()
            if bent.mean() > 0.02 and np.linalg.norm(total) > _STEADY * strength:
                found[_J[name]] = rotate(to_reference[_J[name]], normalise(total))
    return found


def twist(
    found: dict[int, Array], positions: Array, joints: dict[int, int], hinges: dict[int, Array], side: str
) -> None:
    """Turn upper and lower bones of a side about themselves until our hinges lie along the rig's.

    Args:
        found: the alignments, changed in place.
        positions: the rig's rest pose, upright and facing +Z [N, 3].
        joints: SMPL-X joint -> bone.
        hinges: what `hinge_axes` found; a limb without is left as it is.
        side: left or right.
    """
    for upper, (middle, end, axis) in _HINGES.items():
        for name, below in ((upper, middle), (middle, end)):
            if not upper.startswith(side) or _J[name] not in hinges:
                continue
            along = normalise(positions[joints[_J[below]]] - positions[joints[_J[name]]])
            ours, theirs = (
                v - (v @ along) * along for v in (rotate(found[_J[name]], np.array(axis)), hinges[_J[name]])
            )
            angle = np.arctan2(np.cross(ours, theirs) @ along, ours @ theirs)
            found[_J[name]] = multiply(axis_angle_to_quaternion(angle * along), found[_J[name]])
        if upper.startswith(side) and _J[middle] in hinges:
            found[_J[end]] = found[_J[middle]]

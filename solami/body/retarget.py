"""Carries the motion of any humanoid rig over to the SMPL-X skeleton, and says what it assumed on the way."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from solami import skeleton
from solami.body.geometry import Array, conjugate, multiply, normalise, rotate, slerp
from solami.body.handedness import UNITY, rotations_to, up_vector, vectors_to, y_up_rotation
from solami.body.hinges import hinge_axes
from solami.body.kinematics import forward_kinematics, sole_height
from solami.body.rest import rest_positions
from solami.body.rest_alignment import alignments, settle_head
from solami.body.rest_pose import Reference, body_axes, choose_reference, is_mirrored, nearest_axis, torso
from solami.body.rig_motion import Pose, RigMotion
from solami.body.rigs import match_bones
from solami.errors import InputError
from solami.frames import MotionChunk

_J = skeleton.INDEX
_UNITS_M = {"m": 1.0, "cm": 0.01, "in": 0.0254, "mm": 0.001, "ft": 0.3048, "0.45 in": 0.45**-1 * 0.0254}
_SAME_SIZE = 0.003
_SAME_FLOOR_M, _NO_FLOOR_M = 0.005, 0.2
_BETWEEN = (("spine1", "pelvis", "spine3", 1 / 3), ("spine2", "spine1", "spine3", 0.5), ("neck", "spine3", "head", 0.5))


@dataclass(frozen=True, slots=True)
class Assumed:
    """What a reader had to find out by itself."""

    up_axis: str
    units: str
    body_scale: float  # our legs over theirs; the way over the floor is scaled by it
    mapped_by: str
    reference: str
    missing_joints: tuple[str, ...]
    has_hands: bool
    notes: tuple[str, ...]


def retarget(source: str, rig: RigMotion, up: str | None = None) -> tuple[MotionChunk, Assumed]:
    """The rig's motion on our skeleton, at the rig's frame rate, Y up, metres, the soles where they were.

    Raises:
        InputError: the rig is no humanoid, or its size makes no sense.
    """
    joints, how = rig.joints, "the file's own table"
    if not joints:
        joints, how = match_bones(source, rig.names, rig.parents, rig.rests[0].positions)
    reference = choose_reference(rig, joints)
    rest_up = nearest_axis(torso(reference.pose.positions, joints))
    notes = list(rig.notes)
    if is_mirrored(rotate(body_axes(reference.pose.positions, joints, rest_up), reference.pose.positions), joints):
        rig, notes = _mirrored(rig), [*notes, "left-handed axes: x was mirrored"]
        reference = choose_reference(rig, joints)
        rest_up = nearest_axis(torso(reference.pose.positions, joints))
    leg = _leg_length(source, rig.positions[0], joints)
    world_up = up or _world_up(rig, joints, reference, rest_up, leg)
    units = min(_UNITS_M, key=lambda name: abs(np.log(leg * _UNITS_M[name] / _our_leg())))
    scale = _our_leg() / (leg * _UNITS_M[units])
    scale = 1.0 if abs(scale - 1) < _SAME_SIZE else scale
    motion = _carry_over(rig, joints, reference, (rest_up, world_up), _UNITS_M[units] * scale)
    if scale != 1.0:
        motion, lift_m = _on_the_floor(motion)
        notes += [f"lifted by {lift_m:.3f} m to stand on the floor"] if lift_m else []
    hands = all(_J[f"{s}_{f}2"] in joints for s in ("left", "right") for f in ("index", "middle"))
    missing = tuple(name for i, name in enumerate(skeleton.JOINT_NAMES) if i not in joints)
    return motion, Assumed(world_up, units, round(scale, 4), how, reference.kind, missing, hands, tuple(notes))


def _mirrored(rig: RigMotion) -> RigMotion:
    return replace(
        rig,
        rests=tuple(Pose(rotations_to(UNITY, p.rotations), vectors_to(UNITY, p.positions)) for p in rig.rests),
        rotations=rotations_to(UNITY, rig.rotations),
        positions=vectors_to(UNITY, rig.positions),
    )


def _our_leg() -> float:
    rest = rest_positions()
    return float(
        sum(
            np.linalg.norm(rest[_J[b]] - rest[_J[a]])
            for a, b in (("left_hip", "left_knee"), ("left_knee", "left_ankle"))
        )
    )


def _leg_length(source: str, positions: Array, joints: dict[int, int]) -> float:
    """Thigh and shin of both legs, half of the sum, in the file's units; without ankles the shin is as long as ours."""
    ours, lengths = rest_positions(), []
    for side in ("left", "right"):
        hip, knee, ankle = (_J[f"{side}_{n}"] for n in ("hip", "knee", "ankle"))
        thigh = np.linalg.norm(positions[joints[knee]] - positions[joints[hip]])
        if ankle in joints:
            shin = np.linalg.norm(positions[joints[ankle]] - positions[joints[knee]])
        else:
            shin = thigh * np.linalg.norm(ours[ankle] - ours[knee]) / np.linalg.norm(ours[knee] - ours[hip])
        lengths.append(float(thigh + shin))
    if min(lengths) < 1e-6 or max(lengths) > 2 * min(lengths):
        raise InputError(f"{source}: legs {lengths[0]:.4g} and {lengths[1]:.4g} units long, expected a person's")
    return sum(lengths) / 2


def _world_up(rig: RigMotion, joints: dict[int, int], reference: Reference, rest_up: str, leg: float) -> str:
    """The format's or the rest pose's up axis, unless the person moves upright along another with the feet near 0."""
    if reference.kind != "rest pose":
        return rig.up_axis or rest_up
    rest_up = rig.up_axis or rest_up
    mean = torso(rig.positions, joints).mean(axis=0)
    moving_up = nearest_axis(mean)
    axis = up_vector(moving_up)
    if moving_up == rest_up or mean @ axis < 0.8 or _J["left_ankle"] not in joints or _J["right_ankle"] not in joints:
        return rest_up
    hips = float(np.median(rig.positions[:, joints[_J["left_hip"]]] @ axis)) / leg
    feet = float(np.percentile(rig.positions[:, [joints[_J["left_ankle"]], joints[_J["right_ankle"]]]] @ axis, 5)) / leg
    return moving_up if 0.5 < hips < 1.6 and -0.25 < feet < 0.35 else rest_up


def _carry_over(
    rig: RigMotion, joints: dict[int, int], reference: Reference, ups: tuple[str, str], unit_m: float
) -> MotionChunk:
    rest_up, world_up = ups
    facing = body_axes(reference.pose.positions, joints, rest_up)
    align = {} if rig.rests_in_t_pose else _alignments(rig, joints, reference, facing)
    turn = y_up_rotation(world_up)
    world: dict[int, Array] = {}
    for joint, bone in joints.items():
        own = multiply(turn, multiply(rig.rotations[:, bone], conjugate(reference.pose.rotations[bone])))
        world[joint] = multiply(own, multiply(conjugate(facing), align.get(joint, np.array([0.0, 0.0, 0.0, 1.0]))))
    for name, below, above, share in _BETWEEN:
        if _J[name] not in world and _J[above] in world:
            world[_J[name]] = slerp(world[_J[below]], world[_J[above]], share)
    legs = [joints[_J["left_hip"]], joints[_J["right_hip"]]]
    hips = rotate(turn, rig.positions[:, legs].mean(axis=1)) * unit_m
    middle = rest_positions()[[_J["left_hip"], _J["right_hip"]]].mean(axis=0)
    translation = hips - rotate(world[0], middle)
    return MotionChunk(_local(world), np.ascontiguousarray(translation, dtype=np.float32), rig.fps)


def _on_the_floor(motion: MotionChunk) -> tuple[MotionChunk, float]:
    """A body of other proportions set down so that its lowest steps touch the floor, unless it was far from it."""
    _, positions = forward_kinematics(motion.rotations, motion.translation, skeleton.NUM_BODY_JOINTS)
    lift_m = -float(np.percentile(sole_height(positions), 5))
    if not _SAME_FLOOR_M < abs(lift_m) < _NO_FLOOR_M:
        return motion, 0.0
    lifted = motion.translation + np.array([0.0, lift_m, 0.0], dtype=np.float32)
    return replace(motion, translation=lifted), lift_m


def _alignments(rig: RigMotion, joints: dict[int, int], reference: Reference, facing: Array) -> dict[int, Array]:
    tips = {parent: i for i, parent in enumerate(rig.parents) if parent >= 0}
    upright = rotate(facing, reference.pose.positions)
    if not reference.is_posed:
        return alignments(upright, joints, tips, None)
    rest = {joint: multiply(facing, reference.pose.rotations[bone]) for joint, bone in joints.items()}
    found = alignments(upright, joints, tips, hinge_axes(rig, joints, rest))
    turns = {
        joint: multiply(multiply(facing, rig.rotations[:, bone]), conjugate(rest[joint]))
        for joint, bone in joints.items()
    }
    settle_head(found, turns)
    return found


def _local(world: dict[int, Array]) -> Array:
    """Parent-relative rotations float32 [T, 55, 4]; joints without a bone stay as in the rest pose."""
    whole = [world[0]]
    local = [world[0]]
    for joint in range(1, len(skeleton.JOINTS)):
        above = whole[skeleton.PARENTS[joint]]
        own = world.get(joint)
        whole.append(above if own is None else own)
        rest = np.zeros_like(above) + np.array([0.0, 0.0, 0.0, 1.0])
        local.append(rest if own is None else multiply(conjugate(above), own))
    turns = normalise(np.stack(local, axis=1))
    return np.ascontiguousarray(np.where(turns[..., 3:] < 0, -turns, turns), dtype=np.float32)

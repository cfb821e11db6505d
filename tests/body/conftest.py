"""A writer of BVH files as other programs write them: known motion under other names, axes, units and rest poses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from solami import skeleton
from solami.body.geometry import Array, axis_angle_to_quaternion, conjugate, multiply, quaternion_to_matrix, rotate
from solami.body.handedness import rotations_to, vectors_to
from solami.body.kinematics import forward_kinematics
from solami.body.rest import rest_positions
from solami.frames import MotionChunk

IDENTITY = np.array([0.0, 0.0, 0.0, 1.0])


@dataclass(frozen=True)
class Convention:
    """How a program writes BVH."""

    names: dict[str, str]  # SMPL-X joint -> its name; joints without one are left out
    unit_m: float = 0.01
    axes: Array = field(default_factory=lambda: np.eye(3))  # as in `handedness`
    order: str = "ZXY"
    rest: dict[str, Array] = field(default_factory=dict)  # joint -> how its rest pose is turned from ours, in the world
    six: bool = False  # positions for every joint
    fps: float | None = None  # in the header; none: the motion's


def euler(m: Array, order: str) -> Array:
    """Matrices [..., 3, 3] -> angles [..., 3] of three axes, the first outermost; where locked it takes all."""
    i, j, k = ("XYZ".index(axis) for axis in order)
    sign = 1 if (j - i) % 3 == 1 else -1
    locked = np.abs(m[..., i, k]) > 1 - 1e-10
    first = np.where(
        locked, np.arctan2(sign * m[..., k, j], m[..., j, j]), np.arctan2(-sign * m[..., j, k], m[..., k, k])
    )
    last = np.where(locked, 0.0, np.arctan2(-sign * m[..., i, j], m[..., i, i]))
    return np.stack([first, np.arcsin(np.clip(sign * m[..., i, k], -1, 1)), last], axis=-1)


def write_rig(path: Path, motion: MotionChunk, how: Convention) -> None:
    """Write the joints that have a name; each bone moves its joint exactly as in `motion`."""
    turns, places = forward_kinematics(motion.rotations.astype(np.float64), motion.translation.astype(np.float64))
    kept = [i for i, name in enumerate(skeleton.JOINT_NAMES) if name in how.names]
    rest = {i: how.rest.get(skeleton.JOINT_NAMES[i], IDENTITY) for i in kept}
    bones = {i: multiply(turns[:, i], conjugate(rest[i])) for i in kept}
    above = {i: _parent(i, kept) for i in kept}
    lines, columns = ["HIERARCHY"], []

    def emit(i: int, depth: int) -> None:
        parent, pad = above[i], "\t" * depth
        name = how.names[skeleton.JOINT_NAMES[i]]
        offset = np.zeros(3)
        local = bones[i]
        if parent >= 0:
            offset = rotate(rest[parent], rest_positions()[i] - rest_positions()[parent]) / how.unit_m
            local = multiply(conjugate(bones[parent]), bones[i])
        offset = vectors_to(how.axes, offset)
        channels = [f"{axis}rotation" for axis in how.order]
        if parent < 0 or how.six:
            moved = places[:, 0] / how.unit_m if parent < 0 else None
            columns.append(np.tile(offset, (len(local), 1)) if moved is None else vectors_to(how.axes, moved))
            channels = ["Xposition", "Yposition", "Zposition", *channels]
        columns.append(np.degrees(euler(quaternion_to_matrix(rotations_to(how.axes, local)), how.order)))
        lines.extend([f"{pad}{'ROOT' if parent < 0 else 'JOINT'} {name}", f"{pad}{{", f"{pad}\tOFFSET {_row(offset)}"])
        lines.append(f"{pad}\tCHANNELS {len(channels)} {' '.join(channels)}")
        children = [k for k in kept if above[k] == i]
        for child in children:
            emit(child, depth + 1)
        if not children:
            tip = vectors_to(how.axes, rotate(rest[i], _tip(i) / how.unit_m))
            lines.extend([f"{pad}\tEnd Site", f"{pad}\t{{", f"{pad}\t\tOFFSET {_row(tip)}", f"{pad}\t}}"])
        lines.append(f"{pad}}}")

    emit(kept[0], 0)
    lines += ["MOTION", f"Frames: {len(places)}", f"Frame Time: {1 / (how.fps or motion.fps):.7f}"]
    lines += [_row(row) for row in np.concatenate(columns, axis=1)]
    path.write_text("\n".join(lines) + "\n")


def _parent(joint: int, kept: list[int]) -> int:
    parent = skeleton.PARENTS[joint]
    while parent >= 0 and parent not in kept:
        parent = skeleton.PARENTS[parent]
    return parent


def _tip(joint: int) -> Array:
    name = skeleton.JOINT_NAMES[joint]
    if name == "head":
        return np.array([0.0, 0.1, 0.0])
    return np.array([0.0, 0.0, 0.05]) if "foot" in name else np.array([0.05 if "left" in name else -0.05, 0.0, 0.0])


def _row(values: Array) -> str:
    return " ".join(f"{v:.6f}" for v in values)


def names_like(trunk: str, limb: str, sides: tuple[str, str] = ("Left", "Right"), fingers: str = "") -> dict[str, str]:
    """SMPL-X joint -> name from a program's words: trunk from the hips up, one limb's words, `{s}` for the side."""
    found = dict(zip(("pelvis", "spine1", "spine2", "spine3", "neck", "head"), trunk.split("|"), strict=True))
    parts = ("hip", "knee", "ankle", "foot", "collar", "shoulder", "elbow", "wrist")
    for side, word in zip(("left", "right"), sides, strict=True):
        for part, name in zip(parts, limb.split("|"), strict=True):
            found[f"{side}_{part}"] = name.format(s=word)
        for number, finger in enumerate(("thumb", "index", "middle", "ring", "pinky") if fingers else ()):
            for joint in (1, 2, 3):
                name = fingers.format(s=word, f=finger.capitalize(), l=finger, k=number, n=joint, m=joint - 1 or "")
                found[f"{side}_{finger}{joint}"] = name
    return found


MIXAMO = names_like(
    "mixamorig:Hips|mixamorig:Spine|mixamorig:Spine1|mixamorig:Spine2|mixamorig:Neck|mixamorig:Head",
    "mixamorig:{s}UpLeg|mixamorig:{s}Leg|mixamorig:{s}Foot|mixamorig:{s}ToeBase|mixamorig:{s}Shoulder|mixamorig:{s}Arm|"
    "mixamorig:{s}ForeArm|mixamorig:{s}Hand",
    fingers="mixamorig:{s}Hand{f}{n}",
)
CMU = names_like(
    "Hips|LowerBack|Spine|Spine1|Neck|Head", "{s}UpLeg|{s}Leg|{s}Foot|{s}ToeBase|{s}Shoulder|{s}Arm|{s}ForeArm|{s}Hand"
)
BIOVISION = names_like(
    "Hips|Chest|Chest2|Chest3|Neck|Head", "{s}Hip|{s}Knee|{s}Ankle|{s}Toe|{s}Collar|{s}Shoulder|{s}Elbow|{s}Wrist"
)
BIPED = names_like(
    "Bip01 Pelvis|Bip01 Spine|Bip01 Spine1|Bip01 Spine2|Bip01 Neck|Bip01 Head",
    "Bip01 {s} Thigh|Bip01 {s} Calf|Bip01 {s} Foot|Bip01 {s} Toe0|Bip01 {s} Clavicle|Bip01 {s} UpperArm|"
    "Bip01 {s} Forearm|Bip01 {s} Hand",
    ("L", "R"),
    "Bip01 {s} Finger{k}{m}",
)
UNREAL_MANNEQUIN = names_like(
    "pelvis|spine_01|spine_02|spine_03|neck_01|head",
    "thigh_{s}|calf_{s}|foot_{s}|ball_{s}|clavicle_{s}|upperarm_{s}|lowerarm_{s}|hand_{s}",
    ("l", "r"),
    "{l}_0{n}_{s}",
)
POSER = names_like(
    "hip|abdomen|abdomen2|chest|neck|head",
    "{s}Thigh|{s}Shin|{s}Foot|{s}Toe|{s}Collar|{s}Shldr|{s}ForeArm|{s}Hand",
    ("l", "r"),
    "{s}{f}{n}",
)
VROID = names_like(
    "J_Bip_C_Hips|J_Bip_C_Spine|J_Bip_C_Chest|J_Bip_C_UpperChest|J_Bip_C_Neck|J_Bip_C_Head",
    "J_Bip_{s}_UpperLeg|J_Bip_{s}_LowerLeg|J_Bip_{s}_Foot|J_Bip_{s}_ToeBase|J_Bip_{s}_Shoulder|J_Bip_{s}_UpperArm|"
    "J_Bip_{s}_LowerArm|J_Bip_{s}_Hand",
    ("L", "R"),
    "J_Bip_{s}_{f}{n}",
)
ROKOKO = names_like(
    "Hips|Spine1|Spine2|Spine3|Neck|Head", "{s}Thigh|{s}Shin|{s}Foot|{s}Toe|{s}Shoulder|{s}Arm|{s}ForeArm|{s}Hand"
)
BLENDER_RIG = names_like(
    "hips|spine|spine.001|chest|neck|head",
    "thigh.{s}|shin.{s}|foot.{s}|toe.{s}|shoulder.{s}|upper_arm.{s}|forearm.{s}|hand.{s}",
    ("L", "R"),
    "f_{l}.0{n}.{s}",
)
PROGRAMS = {
    "mixamo": MIXAMO, "cmu": CMU, "biovision": BIOVISION, "biped": BIPED, "unreal": UNREAL_MANNEQUIN, "poser": POSER,
    "vroid": VROID, "rokoko": ROKOKO, "blender": BLENDER_RIG,
    "vrm": dict(zip(skeleton.JOINT_NAMES, skeleton.VRM_BONES, strict=True)), 
    "smplx": {name: name for name in skeleton.JOINT_NAMES},
}  # fmt: skip


def busy_motion(frames: int = 6, fps: float = 30.0) -> MotionChunk:
    """A standing body that walks and turns round, every joint of it turned somehow."""
    random = np.random.default_rng(5)
    start, end = (random.normal(0, 0.25, (55, 3)) for _ in range(2))
    share = np.linspace(0, 1, frames)[:, None, None]
    rotations = axis_angle_to_quaternion(start + share * (end - start))
    turn = np.linspace(0.3, 2.0, frames)[:, None] * np.array([0.0, 1.0, 0.0])
    rotations[:, 0] = multiply(axis_angle_to_quaternion(turn), rotations[:, 0])
    translation = np.linspace([1.0, 0.93, 2.0], [2.5, 0.95, -1.0], frames)
    return MotionChunk(rotations.astype(np.float32), translation.astype(np.float32), fps)


@pytest.fixture
def motion() -> MotionChunk:
    """Six frames of a body in which every joint moves."""
    return busy_motion()


@pytest.fixture
def programs() -> dict[str, dict[str, str]]:
    """Program -> SMPL-X joint -> the name it gives it."""
    return PROGRAMS


@pytest.fixture
def rig_file(tmp_path: Path) -> Callable[..., Path]:
    """Writes a motion by the fields of a `Convention`, `names` from a program or given; gives the path."""

    def write(motion: MotionChunk, program: str = "mixamo", **how: Any) -> Path:
        write_rig(tmp_path / "rig.bvh", motion, Convention(**({"names": PROGRAMS[program]} | how)))
        return tmp_path / "rig.bvh"

    return write

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from solami import skeleton
from solami.body.bvh_read import read_bvh
from solami.body.geometry import Array, angle_between, axis_angle_to_quaternion, matrix_to_quaternion, rotate
from solami.body.handedness import BLENDER, UNITY
from solami.body.kinematics import forward_kinematics
from solami.body.procedural import wave
from solami.body.rest import rest_positions
from solami.body.rest_alignment import swing
from solami.body.retarget import Assumed, retarget
from solami.body.timing import resample
from solami.errors import InputError
from solami.frames import MotionChunk

RigFile = Callable[..., Path]
SIDES = (("left", 1.0), ("right", -1.0))
FINGERS = [f"{finger}{n}" for finger in ("thumb", "index", "middle", "ring", "pinky") for n in (1, 2, 3)]
ARM = ("shoulder", "elbow", "wrist", *FINGERS)


def turned(x: float, y: float, z: float) -> Array:
    """A rotation by degrees about one axis."""
    return axis_angle_to_quaternion(np.radians(np.array([x, y, z])))


def arms_at(degrees: float) -> dict[str, Array]:
    """A rest pose with the arms this far below the T-pose."""
    return {f"{side}_{part}": turned(0, 0, -sign * degrees) for side, sign in SIDES for part in ARM}


def everything(turn: Array) -> dict[str, Array]:
    """A rest pose turned as a whole."""
    return dict.fromkeys(skeleton.JOINT_NAMES, turn)


def along_x() -> dict[str, Array]:
    """A zero pose in which each bone points along +X, as in captures without a rest pose."""
    rest = rest_positions()
    trunk = matrix_to_quaternion(np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]))
    found: dict[str, Array] = {}
    for i, name in enumerate(skeleton.JOINT_NAMES):
        children = [k for k, parent in enumerate(skeleton.PARENTS) if parent == i]
        above = found.get(skeleton.JOINT_NAMES[skeleton.PARENTS[i]], trunk)
        is_trunk = name in ("pelvis", "neck", "head") or name.startswith("spine")
        along = swing(rest[children[0]] - rest[i], np.array([1.0, 0.0, 0.0])) if children else above
        found[name] = trunk if is_trunk else along
    return found


def compare(path: Path, motion: MotionChunk, joints: int = 55) -> tuple[float, float, Assumed]:
    """Worst angle in degrees and worst distance in metres of the first joints, and what was assumed."""
    made, assumed = retarget(str(path), read_bvh(path))
    angles = np.degrees(angle_between(motion.rotations.astype(np.float64), made.rotations.astype(np.float64)))
    places = [forward_kinematics(m.rotations.astype(np.float64), m.translation)[1] for m in (motion, made)]
    off = np.linalg.norm(places[0] - places[1], axis=-1)
    kept = [i for i in range(joints) if not 22 <= i < 25]
    return float(angles[:, kept].max()), float(off[:, kept].max()), assumed


CASES = {
    "centimetres, Y up": {},
    "inches, Z up, Z Y X": {"program": "cmu", "unit_m": 0.0254, "axes": BLENDER, "order": "ZYX"},
    "CMU's unit, legs apart": {
        "program": "cmu", "unit_m": 0.0254 / 0.45,
        "rest": {f"{side}_{n}": turned(0, 0, 20 * sign) for side, sign in SIDES for n in ("hip", "knee")},
    },
    "metres, A-pose, X Y Z": {"program": "biped", "unit_m": 1.0, "rest": arms_at(45), "order": "XYZ"},
    "Z up, arms down, Y X Z": {"program": "unreal", "axes": BLENDER, "rest": arms_at(85), "order": "YXZ"},
    "six channels each, Y Z X": {"program": "biovision", "six": True, "order": "YZX"},
    "millimetres, X Z Y": {"program": "rokoko", "unit_m": 0.001, "order": "XZY"},
    "rest pose facing +X": {"program": "vroid", "rest": everything(turned(0, 90, 0))},
    "rest pose Z up in a world Y up": {"program": "blender", "rest": everything(turned(90, 0, 0))},
    "rest pose Y up in a world Z up": {"axes": BLENDER, "rest": everything(turned(-90, 0, 0))},
    "left-handed axes": {"program": "poser", "axes": UNITY},
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_motion_comes_back_from_every_convention(rig_file: RigFile, motion: MotionChunk, case: str) -> None:
    """Whatever the names, units, axes, channel order and rest pose: each joint is back to 0.1 degrees and 0.1 mm."""
    how = dict(CASES[case])
    path = rig_file(motion, **how)
    has_hands = how.get("program") not in ("cmu", "biovision", "rokoko")
    angle, off, assumed = compare(path, motion, 55 if has_hands else 22)
    assert angle < 0.1 and off < 1e-4
    units = {0.01: "cm", 0.0254: "in", 0.0254 / 0.45: "0.45 in", 1.0: "m", 0.001: "mm"}
    assert (assumed.units, assumed.has_hands, assumed.body_scale) == (units[how.get("unit_m", 0.01)], has_hands, 1.0)
    assert assumed.up_axis == ("Z" if how.get("axes") is BLENDER else "Y")


def test_a_left_handed_file_is_said_to_be_one(rig_file: RigFile, motion: MotionChunk) -> None:
    """Mirroring is an assumption, and assumptions are told."""
    assert "left-handed" in " ".join(compare(rig_file(motion, axes=UNITY), motion)[2].notes)


def test_names_that_say_nothing_leave_the_shape_of_the_tree(rig_file: RigFile, motion: MotionChunk) -> None:
    """A rig of numbered bones is known by its branches, and its sides by its toes."""
    names = {name: f"b{i:02d}" for i, name in enumerate(skeleton.JOINT_NAMES[:22])}
    angle, off, assumed = compare(rig_file(motion, names=names, axes=BLENDER), motion, 22)
    assert assumed.mapped_by == "shape of the tree" and angle < 0.1 and off < 1e-4


def test_a_zero_pose_that_is_no_person_is_read_from_the_motion(rig_file: RigFile) -> None:
    """With every bone along +X in the zero pose, the body of a waving person is within 2 cm of where it was."""
    motion = wave(1.0)
    path = rig_file(motion, rest=along_x(), six=True)
    _, off, assumed = compare(path, motion, 22)
    assert assumed.reference.startswith("standing frame") and off < 0.02


def test_a_first_frame_in_t_pose_stands_for_the_rest_pose(rig_file: RigFile) -> None:
    """With a T-pose in front, such a zero pose costs nothing: half a degree and a millimetre hold."""
    motion = wave(0.5)
    rotations = motion.rotations.copy()
    rotations[0] = [0, 0, 0, 1]
    motion = replace(motion, rotations=rotations)
    angle, off, assumed = compare(rig_file(motion, rest=along_x()), motion)
    assert assumed.reference == "first frame" and angle < 0.1 and off < 1e-4


def test_other_bodies_are_scaled_and_stand_on_the_floor(rig_file: RigFile, motion: MotionChunk) -> None:
    """A person of half our size walks half the way; ours walks the whole one."""
    small = replace(motion, translation=motion.translation)
    path = rig_file(small, unit_m=0.02)  # an adult's centimetres taken for a child's
    _, _, assumed = compare(path, motion)
    assert assumed.units in ("cm", "in") and assumed.body_scale != 1.0
    made, _ = retarget("rig", read_bvh(path))
    way, expected = (np.ptp(m.translation[:, ::2], axis=0) for m in (made, motion))
    np.testing.assert_allclose(way, expected, rtol=0.05)


def test_missing_spine_bones_bend_between_their_neighbours(rig_file: RigFile) -> None:
    """A rig with one spine bone turns our three by a third each."""
    names = {k: v for k, v in _mixamo(rig_file).items() if k not in ("spine1", "spine2")}
    rotations = np.tile(np.float32([0, 0, 0, 1]), (3, 55, 1))
    rotations[:, skeleton.INDEX["spine3"]] = turned(30, 0, 0)
    motion = MotionChunk(rotations, np.tile(np.float32([0, 0.949, 0]), (3, 1)))
    made, assumed = retarget("rig", read_bvh(rig_file(motion, names=names)))
    bent = [made.rotations[0, skeleton.INDEX[name]] for name in ("spine1", "spine2", "spine3")]
    np.testing.assert_allclose(np.degrees(2 * np.arcsin([b[0] for b in bent])), 10.0, atol=0.01)
    assert {"spine1", "spine2"} <= set(assumed.missing_joints)


def _mixamo(rig_file: RigFile) -> dict[str, str]:
    sides = ("Left", "Right")
    limbs = {"hip": "UpLeg", "knee": "Leg", "ankle": "Foot", "foot": "ToeBase", "shoulder": "Arm", "elbow": "ForeArm"}
    found = {"pelvis": "Hips", "spine1": "Spine", "spine2": "Spine1", "spine3": "Spine2", "head": "Head"}
    return found | {f"{s.lower()}_{joint}": f"{s}{name}" for s in sides for joint, name in limbs.items()}


@pytest.mark.parametrize(
    ("gone", "says"),
    [
        (("left_hip", "left_knee", "left_ankle", "left_foot"), "left_hip, left_knee"),
        (("right_elbow",), "right_elbow"),
        (("left_hip", "right_hip", "left_knee", "right_knee"), "left_hip"),
    ],
)
def test_a_body_that_lacks_a_limb_is_refused(
    rig_file: RigFile, motion: MotionChunk, gone: tuple[str, ...], says: str
) -> None:
    """The message names what is missing."""
    names = {k: v for k, v in _mixamo(rig_file).items() if k not in gone}
    with pytest.raises(InputError, match=says):
        retarget("rig", read_bvh(rig_file(motion, names=names)))


def test_legs_of_no_length_are_refused(rig_file: RigFile, motion: MotionChunk) -> None:
    """A skeleton shrunk to a point has no scale."""
    with pytest.raises(InputError, match="legs"):
        retarget("rig", read_bvh(rig_file(motion, unit_m=1e8)))


@pytest.mark.parametrize("fps", [24.0, 60.0, 100.0, 120.0])
def test_the_rate_in_the_header_is_kept(rig_file: RigFile, motion: MotionChunk, fps: float) -> None:
    """The rig's own rate reaches the motion, so that it can be resampled."""
    faster = resample(motion, fps)
    made, _ = retarget("rig", read_bvh(rig_file(faster)))
    assert made.fps == fps
    np.testing.assert_allclose(
        rotate(made.rotations[-1, 0], np.array([0, 0, 1.0])),
        rotate(faster.rotations[-1, 0], np.array([0, 0, 1.0])),
        atol=1e-4,
    )

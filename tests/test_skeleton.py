import json
from pathlib import Path

import numpy as np

from solami import skeleton
from solami.body.mannequin import rest_positions


def test_parents_come_before_their_children() -> None:
    """One pass in order is enough for forward kinematics."""
    assert skeleton.PARENTS[0] == -1
    assert all(0 <= parent < i for i, parent in enumerate(skeleton.PARENTS) if i)


def test_every_joint_is_one_bone() -> None:
    """The 55 joints are the 55 bones of VRM, each once."""
    assert len(set(skeleton.VRM_BONES)) == len(skeleton.JOINTS) == 55
    assert skeleton.VRM_BONES[skeleton.INDEX["left_pinky1"]] == "leftLittleProximal"
    assert skeleton.JOINT_OF_BONE["rightThumbMetacarpal"] == skeleton.INDEX["right_thumb1"]


def test_rest_pose_is_symmetric() -> None:
    """Mirroring left and right reflects the rest pose in x."""
    rest = rest_positions()
    np.testing.assert_allclose(rest[list(skeleton.MIRROR)], rest * [-1, 1, 1], atol=1e-12)


def test_left_is_positive_x_and_toes_point_to_positive_z() -> None:
    """A body facing +Z has its left on +X and its feet in front of its ankles."""
    rest = rest_positions()
    assert rest[skeleton.INDEX["left_wrist"], 0] > 0.5
    assert rest[skeleton.INDEX["left_foot"], 2] > rest[skeleton.INDEX["left_ankle"], 2]


def test_figures_are_those_of_the_pack(data_pack: Path) -> None:
    """Names, parents and offsets are the rest skeleton that all reference figures use."""
    joints = json.loads((data_pack / "motion" / "rest_skeleton.json").read_text())["joints"]
    ours = [(j.name, j.parent, list(j.offset_m)) for j in skeleton.JOINTS]
    assert ours == [(j["name"], j["parent"], j["offset"]) for j in joints]


def test_unity_has_a_bone_for_every_joint() -> None:
    """The 55 joints are the 55 HumanBodyBones, each once; the thumb counts from Proximal there."""
    assert len(set(skeleton.UNITY_BONES)) == 55
    names = {
        "pelvis": "Hips",
        "spine3": "UpperChest",
        "left_foot": "LeftToes",
        "left_pinky1": "LeftLittleProximal",
        "right_thumb1": "RightThumbProximal",
        "right_thumb2": "RightThumbIntermediate",
        "left_thumb3": "LeftThumbDistal",
    }
    for joint, bone in names.items():
        assert skeleton.UNITY_BONES[skeleton.INDEX[joint]] == bone
        assert skeleton.JOINT_OF_UNITY_BONE[bone] == skeleton.INDEX[joint]

import pytest

from solami import skeleton
from solami.body.rest import rest_positions
from solami.body.rigs import match_bones
from solami.errors import InputError


def test_every_program_is_understood(programs: dict[str, dict[str, str]]) -> None:
    """Each bone of each program's rig is matched to the joint it is."""
    for program, names in programs.items():
        kept = [i for i, name in enumerate(skeleton.JOINT_NAMES) if name in names]
        parents = []
        for i in kept:
            parent = skeleton.PARENTS[i]
            while parent >= 0 and parent not in kept:
                parent = skeleton.PARENTS[parent]
            parents.append(kept.index(parent) if parent >= 0 else -1)
        bones = tuple(names[skeleton.JOINT_NAMES[i]] for i in kept)
        found, how = match_bones(program, bones, tuple(parents), rest_positions()[kept])
        assert how == "names"
        assert {joint: kept[bone] for joint, bone in found.items()} == {i: i for i in kept}, program


def test_bones_between_do_not_confuse() -> None:
    """CMU's hip joints, twist bones, finger tips, metacarpals and a second neck are passed over."""
    tree = {
        "Root": None, "Hips": "Root", "LHipJoint": "Hips", "LeftUpLeg": "LHipJoint", "LeftUpLegTwist": "LeftUpLeg",
        "LeftLeg": "LeftUpLeg", "LeftFoot": "LeftLeg", "LeftToeBase": "LeftFoot", "RHipJoint": "Hips",
        "RightUpLeg": "RHipJoint", "RightLeg": "RightUpLeg", "RightFoot": "RightLeg", "Spine": "Hips",
        "Spine1": "Spine", "Spine2": "Spine1", "Spine3": "Spine2", "Neck": "Spine3", "Neck1": "Neck", "Head": "Neck1",
        "HeadEnd": "Head", "LeftShoulder": "Spine3", "LeftArm": "LeftShoulder", "LeftForeArm": "LeftArm",
        "LeftForeArmRoll": "LeftForeArm", "LeftHand": "LeftForeArm", "LeftInHandIndex": "LeftHand",
        "LeftHandIndex1": "LeftInHandIndex", "LeftHandIndex2": "LeftHandIndex1", "LeftHandIndex3": "LeftHandIndex2",
        "LeftHandIndex4": "LeftHandIndex3", "RightShoulder": "Spine3", "RightArm": "RightShoulder",
        "RightForeArm": "RightArm", "RightHand": "RightForeArm",
    }  # fmt: skip
    names = tuple(tree)
    parents = tuple(-1 if above is None else names.index(above) for above in tree.values())
    found, _ = match_bones("rig", names, parents, rest_positions()[: len(names)])
    named = {skeleton.JOINT_NAMES[joint]: names[bone] for joint, bone in found.items()}
    expected = {
        "pelvis": "Hips", "left_hip": "LeftUpLeg", "left_knee": "LeftLeg", "left_shoulder": "LeftArm",
        "left_collar": "LeftShoulder", "left_wrist": "LeftHand", "spine1": "Spine", "spine3": "Spine3", "neck": "Neck",
        "left_index1": "LeftHandIndex1", "left_index3": "LeftHandIndex3", "left_foot": "LeftToeBase",
    }  # fmt: skip
    assert {joint: named.get(joint) for joint in expected} == expected
    assert "LeftHandIndex4" not in named.values() and "right_foot" not in named


def test_biped_hangs_its_parts_its_own_way() -> None:
    """With thighs below the spine and clavicles below the neck, the pelvis is the hips and the neck no spine."""
    tree = {"Bip01": None, "Bip01 Pelvis": "Bip01", "Bip01 Spine": "Bip01 Pelvis", "Bip01 Spine1": "Bip01 Spine",
            "Bip01 Neck": "Bip01 Spine1", "Bip01 Head": "Bip01 Neck"}  # fmt: skip
    for s in "LR":
        tree |= {f"Bip01 {s} Thigh": "Bip01 Spine", f"Bip01 {s} Calf": f"Bip01 {s} Thigh"}
        tree |= {f"Bip01 {s} Clavicle": "Bip01 Neck", f"Bip01 {s} UpperArm": f"Bip01 {s} Clavicle"}
        tree |= {f"Bip01 {s} Forearm": f"Bip01 {s} UpperArm"}
    names = tuple(tree)
    parents = tuple(-1 if above is None else names.index(above) for above in tree.values())
    found, _ = match_bones("rig", names, parents, rest_positions()[: len(names)])
    named = {skeleton.JOINT_NAMES[joint]: names[bone] for joint, bone in found.items()}
    assert named["pelvis"] == "Bip01 Pelvis" and named["spine3"] == "Bip01 Spine1" and named["neck"] == "Bip01 Neck"


def test_what_is_no_humanoid_is_refused() -> None:
    """A quadruped's or a hand's names give an error that says what is missing and what was there."""
    with pytest.raises(InputError, match=r"no bone for .*left_shoulder.* among 3 \(wrist, index1, index2\)"):
        match_bones("rig", ("wrist", "index1", "index2"), (-1, 0, 1), rest_positions()[:3])

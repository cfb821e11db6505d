import pytest

from solami.body.bone_names import finger_of, take_apart


@pytest.mark.parametrize(
    ("name", "side", "core"),
    [
        ("mixamorig:LeftUpLeg", "left", "upleg"), ("LHipJoint", "left", "hip"), ("lShldr", "left", "shldr"),
        ("J_Bip_R_UpperLeg", "right", "upperleg"), ("upperarm_l", "left", "upperarm"), ("thigh.R", "right", "thigh"),
        ("CC_Base_L_Thigh", "left", "thigh"), ("mHipLeft", "left", "hip"), ("leftupleg", "left", "upleg"),
        ("rthigh", "right", "thigh"), ("Bip01 R Calf", "right", "calf"), ("Bip001_L_Foot", "left", "foot"),
        ("Armature|RightHand", "right", "hand"), ("Spine1", "", "spine"), ("HeadTop_End", "", ""),
        ("upperarm_twist_01_l", "", ""), ("Bip01 Footsteps", "", ""), ("LeftToeBase", "left", "toe"),
    ],
)  # fmt: skip
def test_names_fall_into_a_side_and_a_word(name: str, side: str, core: str) -> None:
    """Whatever a program puts around them, the side and the word of the body part are found; helpers are nothing."""
    part = take_apart(name)
    assert (part.side, part.core) == (side, core)


@pytest.mark.parametrize(
    ("name", "from_zero", "finger"),
    [
        ("LeftHandIndex1", False, "index"), ("thumb.01.L", False, "thumb"), ("rPinkie2", False, "pinky"),
        ("Bip01 L Finger0", True, "thumb"), ("Bip01 L Finger41", True, "pinky"), ("Finger1", False, "thumb"),
        ("Bowstring", False, None), ("LeftHand", False, None),
    ],
)  # fmt: skip
def test_fingers_are_known_by_word_or_number(name: str, from_zero: bool, finger: str | None) -> None:
    """A finger is what its word says, or where its first digit puts it; a string is no ring finger."""
    assert finger_of(take_apart(name), from_zero) == finger

"""What a bone's name says: its side, its words, its digits, and the finger it means.

Names of Mixamo, CMU, Biovision, Rokoko, Xsens, Perception Neuron, 3ds Max Biped, LaFAN1, Unreal, Poser and Daz, VRM,
VRoid, Blender and SMPL-X are made of the same few words; one table of words serves all. Knows no tree.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SIDES = {"l": "left", "left": "left", "lft": "left", "r": "right", "right": "right", "rgt": "right"}
_NOISE = frozenset((
    "mixamorig", "bip", "biped", "valvebiped", "cc", "base", "j", "c", "m",
    "b", "def", "org", "character", "char", "armature", "rig", "sk", "bn",
    "bone", "jnt", "joint", "smplhf", "body", "actor", "avatar", "skeleton",
))  # fmt: skip
_NOT_A_BONE = frozenset((
    "end", "nub", "tip", "top", "site", "twist", "roll", "ik", "pole",
    "target", "ctrl", "helper", "dummy", "eff", "effector", "null", "footsteps", "prop",
    "weapon", "hold", "share", "leaf", "socket", "attach",
))  # fmt: skip
JOINT_WORDS = {  # what always means a joint
    "hip": {"upleg", "upperleg", "thigh", "femur", "legupper"},
    "knee": {"lowleg", "lowerleg", "knee", "calf", "shin", "tibia", "leglower"},
    "ankle": {"ankle"},
    "foot": {"toe", "toes", "ball", "forefoot"},
    "collar": {"collar", "clavicle", "clav", "scapula"},
    "shoulder": {"upperarm", "uparm", "humerus", "armupper"},
    "elbow": {"forearm", "lowerarm", "lowarm", "elbow", "ulna", "radius", "armlower"},
    "wrist": {"wrist"},
}
WEAK_WORDS = (  # what a word means where the words above leave a joint open, tried in this order
    ("hip", "hip"), ("hip", "leg"), ("knee", "leg"), ("ankle", "foot"), ("foot", "foot"), ("shoulder", "arm"),
    ("shoulder", "shoulder"), ("shoulder", "shldr"), ("elbow", "arm"), ("collar", "shoulder"), ("collar", "shldr"),
    ("wrist", "hand"), ("wrist", "palm"),
)  # fmt: skip
_FINGERS = {"thumb": "thumb", "index": "index", "middle": "middle", "mid": "middle", "ring": "ring", "pinky": "pinky",
            "pinkie": "pinky", "little": "pinky"}  # fmt: skip
_FINGER_ORDER = ("thumb", "index", "middle", "ring", "pinky")


@dataclass(frozen=True, slots=True)
class BoneName:
    """A bone's name taken apart."""

    side: str  # left, right or nothing
    core: str  # the words that are left, in one
    digits: str


def take_apart(name: str) -> BoneName:
    """The side, the words and the digits of a bone's name; a name that is no joint's has no core."""
    words = _WORD.findall(re.split(r"[:|/]", name)[-1])
    if len(words) > 1 and words[0].lower() in ("bip", "b") and words[1].isdigit():
        words = words[2:]  # Biped numbers its figures
    digits = "".join(word for word in words if word.isdigit())
    lower = [word.lower() for word in words if not word.isdigit()]
    if _NOT_A_BONE & set(lower):
        return BoneName("", "", "")
    sides = [_SIDES[word] for word in lower if word in _SIDES]
    core = "".join(word for word in lower if word not in _SIDES and word not in _NOISE)
    if not sides:
        for prefix, side in (("left", "left"), ("right", "right"), ("l", "left"), ("r", "right")):
            if core.startswith(prefix) and core[len(prefix) :] in _ALL_WORDS:
                return BoneName(side, core[len(prefix) :], digits)
    return BoneName(sides[0] if sides else "", core, digits)


_ALL_WORDS = frozenset(chain.from_iterable(JOINT_WORDS.values())) | {word for _, word in WEAK_WORDS}


def finger_of(part: BoneName, from_zero: bool) -> str | None:
    """The finger a name means: by its word, or by its first digit as in Biped's Finger01."""
    for word, finger in _FINGERS.items():
        if word in part.core and not (word == "ring" and "string" in part.core):
            return finger
    if part.core.startswith("finger") and part.digits:
        number = int(part.digits[0]) - (0 if from_zero else 1)
        return _FINGER_ORDER[number] if 0 <= number < len(_FINGER_ORDER) else None
    return None

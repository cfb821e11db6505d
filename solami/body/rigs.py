"""Which bone of an unknown rig is which SMPL-X joint: by the words in its names, else by the shape of its tree.

What names say is the business of `bone_names`. Trees only: no rotation is touched here.
"""

from __future__ import annotations

from collections.abc import Iterator

from solami import skeleton
from solami.body.bone_names import JOINT_WORDS, WEAK_WORDS, BoneName, finger_of, take_apart
from solami.body.geometry import Array
from solami.body.rig_tree import match_by_shape, path_between
from solami.errors import InputError

_HIPS = ("hips", "hip", "pelvis")
_EYES = ("eye", "eyeball")
REQUIRED = ("pelvis", *(f"{s}_{n}" for s in ("left", "right") for n in ("hip", "knee", "shoulder", "elbow")))


def match_bones(
    source: str, names: tuple[str, ...], parents: tuple[int, ...], rest: Array
) -> tuple[dict[int, int], str]:
    """SMPL-X joint -> bone, and how it was found.

    Args:
        source: the file, for messages.
        names: of the bones, parents first.
        parents: of each bone; -1 for a root.
        rest: positions [N, 3] in the rest pose, for rigs whose names say nothing.

    Raises:
        InputError: a part of the body without which there is no motion to carry over is missing.
    """
    found, how = _by_names(names, parents), "names"
    if missing := _missing(found):
        by_shape = match_by_shape(parents, rest)
        if len(_missing(found)) > len(REQUIRED) // 2 and not _missing(by_shape):
            found, how = by_shape, "shape of the tree"
            found |= _fingers(names, parents, found)
        else:
            shown = ", ".join(names[:8]) + (" ..." if len(names) > 8 else "")
            raise InputError(
                f"{source}: no bone for {', '.join(missing)} among {len(names)} ({shown}); expected a humanoid with "
                "hips, both legs and both arms; rename the bones as VRM or Mixamo do"
            )
    return found, how


def _missing(found: dict[int, int]) -> list[str]:
    return [name for name in REQUIRED if skeleton.INDEX[name] not in found]


def _by_names(names: tuple[str, ...], parents: tuple[int, ...]) -> dict[int, int]:
    parts = [take_apart(name) for name in names]
    found: dict[str, int] = {}
    for side in ("left", "right"):
        found |= {f"{side}_{joint}": bone for joint, bone in _limbs(parts, side).items()}
        _set(found, f"{side}_eye", next((i for i, p in enumerate(parts) if p.side == side and p.core in _EYES), None))
    for name in ("head", "jaw"):
        _set(found, name, next((i for i, p in enumerate(parts) if p.core == name and not p.side), None))
    _set(found, "pelvis", _hips(parts, parents, found))
    joints = {skeleton.INDEX[name]: bone for name, bone in found.items()}
    joints |= _trunk(parts, parents, joints)
    return joints | _fingers(names, parents, joints)


def _set(found: dict[str, int], name: str, bone: int | None) -> None:
    if bone is not None:
        found[name] = bone


def _limbs(parts: list[BoneName], side: str) -> dict[str, int]:
    """The bones of the limbs of one side; a lone shoulder is an arm's, a lone leg the shin's unless that has a name."""
    mine = [(i, part.core) for i, part in enumerate(parts) if part.side == side]
    found: dict[str, int] = {}
    for joint, words in JOINT_WORDS.items():
        _set(found, joint, next((i for i, core in mine if core in words), None))
    for joint, word in WEAK_WORDS:
        if joint in found or ((joint, word) == ("hip", "leg") and "knee" not in found):
            continue
        before = found.get("shoulder", len(parts)) if joint == "collar" else len(parts)
        _set(
            found, joint, next((i for i, core in mine if core == word and i < before and i not in found.values()), None)
        )
    return found


def _hips(parts: list[BoneName], parents: tuple[int, ...], found: dict[str, int]) -> int | None:
    """The bone the legs hang from, unless a bone above or beside it is called the hips."""
    named = [i for i, part in enumerate(parts) if part.core in _HIPS and not part.side]
    legs = [found[name] for name in ("left_hip", "right_hip") if name in found]
    if len(legs) < 2:
        return named[0] if named else None
    meeting = next((i for i in _up(parents, legs[0]) if i in set(_up(parents, legs[1]))), None)
    if meeting in named or not named:
        return meeting
    return next((i for i in _up(parents, legs[0]) if i in named), named[0])


def _up(parents: tuple[int, ...], bone: int) -> Iterator[int]:
    """The bones above a bone, nearest first."""
    while (bone := parents[bone]) >= 0:
        yield bone


def _trunk(parts: list[BoneName], parents: tuple[int, ...], joints: dict[int, int]) -> dict[int, int]:
    """The spine: what lies between the hips and where the arms leave; the neck: what lies below the head."""
    index = skeleton.INDEX
    hips = joints.get(index["pelvis"])
    arms = [joints.get(index[f"{s}_collar"], joints.get(index[f"{s}_shoulder"])) for s in ("left", "right")]
    if hips is None or None in arms:
        return {}
    head = joints.get(index["head"])
    return trunk_joints(
        parents, hips, [bone for bone in arms if bone is not None], head,
        {i for i, part in enumerate(parts) if part.core.startswith("neck")},
    )  # fmt: skip


def trunk_joints(
    parents: tuple[int, ...], hips: int, arms: list[int], head: int | None, necks: set[int]
) -> dict[int, int]:
    """Joints of spine and neck; with fewer than three spine bones the one that carries the arms is the uppermost."""
    index = skeleton.INDEX
    spine = [b for b in path_between(parents, hips, arms[0]) if b in path_between(parents, hips, arms[1])]
    spine = [b for b in spine if b not in necks]
    found: dict[int, int] = {}
    if spine:
        found[index["spine3"]] = spine[-1]
    if len(spine) > 1:
        found[index["spine1"]] = spine[0]
    if len(spine) > 2:
        found[index["spine2"]] = spine[len(spine) // 2] if len(spine) > 3 else spine[1]
    if head is not None:
        below = [b for b in path_between(parents, hips, head) if b not in spine]
        if below:
            found[index["neck"]] = below[0]
    return found


def _fingers(names: tuple[str, ...], parents: tuple[int, ...], joints: dict[int, int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for side in ("left", "right"):
        hand = joints.get(skeleton.INDEX[f"{side}_wrist"])
        if hand is None:
            continue
        below = [i for i in range(len(names)) if hand in _up(parents, i)]
        parts = {i: take_apart(names[i]) for i in below}
        from_zero = any(part.core == "finger" and part.digits.startswith("0") for part in parts.values())
        chains: dict[str, list[int]] = {}
        for i, part in parts.items():
            finger = finger_of(part, from_zero)
            if finger and not part.core.startswith("inhand") and (finger == "thumb" or "metacarpal" not in part.core):
                chains.setdefault(finger, []).append(i)
        for finger, bones in chains.items():
            for number, bone in enumerate(bones[:3], start=1):
                found[skeleton.INDEX[f"{side}_{finger}{number}"]] = bone
    return found

"""Which node of a VRM or VRMA file is which joint, as its extension says. Names of nodes are the business of `rigs`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from solami import skeleton
from solami.body.gltf_file import GltfFile
from solami.errors import InputError

_THUMB_0X = {"Proximal": "Metacarpal", "Intermediate": "Proximal", "Distal": "Distal"}


def humanoid_joints(file: GltfFile, place: dict[int, int]) -> tuple[dict[int, int], bool]:
    """SMPL-X joint -> bone from a VRM extension, and whether there is one; eyes, which VRMA leaves out, by name."""
    extensions = file.document.get("extensions")
    extensions = extensions if isinstance(extensions, dict) else {}
    found: dict[int, int] = {}
    name = next((n for n in ("VRMC_vrm_animation", "VRMC_vrm", "VRM") if n in extensions), None)
    if name is None:
        return {}, False
    for bone, node in _human_bones(file, extensions[name]):
        if bone in skeleton.JOINT_OF_BONE and node in place:
            found[skeleton.JOINT_OF_BONE[bone]] = place[node]
    if name == "VRMC_vrm_animation":
        for node, i in place.items():
            joint = skeleton.JOINT_OF_BONE.get(str(file.part("nodes")[node].get("name")))
            if joint is not None and skeleton.VRM_BONES[joint] in ("leftEye", "rightEye"):
                found.setdefault(joint, i)
    needed = ("hips", *(f"{s}{n}" for s in ("left", "right") for n in ("UpperLeg", "LowerLeg", "UpperArm", "LowerArm")))
    missing = [bone for bone in needed if skeleton.JOINT_OF_BONE[bone] not in found]
    if missing:
        raise InputError(f"{file.path}: {name} has no {', '.join(missing)}, which VRM requires; export it anew")
    return found, True


def _human_bones(file: GltfFile, extension: Any) -> Iterator[tuple[str, int]]:
    """VRM 1.0 bone names and their nodes; VRM 0.x has a list and other names for the thumb."""
    try:
        bones = extension["humanoid"]["humanBones"]
        if isinstance(bones, list):
            for row in bones:
                head, thumb, part = str(row["bone"]).partition("Thumb")
                yield head + thumb + (_THUMB_0X.get(part, part) if thumb else ""), int(row["node"])
            return
        for bone, row in bones.items():
            yield str(bone), int(row["node"])
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"{file.path}: humanoid.humanBones cannot be read ({error!r}), expected VRM's table"
        ) from error

"""Bones by extension; whole files of every kind are read in test_gltf_animation."""

from pathlib import Path
from typing import Any

import pytest

from solami import skeleton
from solami.body.gltf_file import GltfFile
from solami.body.gltf_humanoid import humanoid_joints
from solami.errors import InputError

NUMBERS = {bone: number for number, bone in enumerate(skeleton.VRM_BONES)}
PLACE = {number: number for number in NUMBERS.values()}


def file(extension: str, bones: Any) -> GltfFile:
    """A file with one node for every bone, and what an extension says of them."""
    nodes = [{"name": bone} for bone in NUMBERS]
    return GltfFile(
        Path("a.vrm"), {"nodes": nodes, "extensions": {extension: {"humanoid": {"humanBones": bones}}}}, b""
    )


def test_bones_are_the_extensions() -> None:
    """Every bone that VRM 1.0 names is its joint."""
    found, is_vrm = humanoid_joints(file("VRMC_vrm", {bone: {"node": n} for bone, n in NUMBERS.items()}), PLACE)
    assert is_vrm and found == {skeleton.JOINT_OF_BONE[bone]: number for bone, number in NUMBERS.items()}


def test_eyes_of_an_animation_are_found_by_name() -> None:
    """VRMA may not list eyes; nodes called so are they."""
    bones = {bone: {"node": number} for bone, number in NUMBERS.items() if not bone.endswith("Eye")}
    found, _ = humanoid_joints(file("VRMC_vrm_animation", bones), PLACE)
    assert found[skeleton.INDEX["left_eye"]] == NUMBERS["leftEye"]


def test_without_an_extension_nothing_is_known() -> None:
    """Names of nodes alone are another module's business."""
    assert humanoid_joints(GltfFile(Path("a.glb"), {"nodes": [{"name": "hips"}]}, b""), PLACE) == ({}, False)


def test_a_body_without_a_limb_is_refused() -> None:
    """What VRM requires and is not there is named."""
    bones = {bone: {"node": number} for bone, number in NUMBERS.items() if bone != "leftLowerArm"}
    with pytest.raises(InputError, match="leftLowerArm"):
        humanoid_joints(file("VRMC_vrm", bones), PLACE)

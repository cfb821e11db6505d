"""Writes motion as VRM Animation 1.0 (.vrma): a glTF skeleton in VRM's T-pose and one animation, no mesh.

https://github.com/vrm-c/vrm-specification/tree/master/specification/VRMC_vrm_animation-1.0. The extension names every
bone but the eyes, which it leaves to look-at; theirs are nodes like the others and keep their rotations.
"""

from __future__ import annotations

from pathlib import Path

from pygltflib import GLTF2, Buffer, Scene

from solami import skeleton
from solami.body.gltf import Packer, bone_nodes, motion_animation
from solami.errors import InputError
from solami.frames import MotionChunk

EXTENSION = "VRMC_vrm_animation"
SPEC_VERSION = "1.0"
_EYES = ("leftEye", "rightEye")


def write_vrma(path: Path, motion: MotionChunk) -> None:
    """Write the motion under VRM's bone names. Raises InputError for no poses."""
    if not len(motion.rotations):
        raise InputError("got no poses, expected at least one to write a VRMA")
    packer = Packer()
    animation = motion_animation(packer, motion)
    gltf = GLTF2(
        scene=0,
        scenes=[Scene(nodes=[0])],
        nodes=bone_nodes(),
        animations=[animation],
        accessors=packer.accessors,
        bufferViews=packer.views,
        buffers=[Buffer(byteLength=len(packer.data))],
        extensionsUsed=[EXTENSION],
        extensions={EXTENSION: {"specVersion": SPEC_VERSION, "humanoid": {"humanBones": _human_bones()}}},
    )
    gltf.asset.generator = "solami"
    gltf.set_binary_blob(bytes(packer.data))
    path.write_bytes(b"".join(gltf.save_to_bytes()))


def _human_bones() -> dict[str, dict[str, int]]:
    return {bone: {"node": i} for i, bone in enumerate(skeleton.VRM_BONES) if bone not in _EYES}

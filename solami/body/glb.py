"""Writes motion as GLB: the skinned mannequin, its skeleton under VRM bone names, one animation. Does not read."""

from __future__ import annotations

from pathlib import Path

from pygltflib import GLTF2, Buffer, Node, Scene

from solami.body.gltf import Packer, bone_nodes, mannequin_meshes, mannequin_skin, materials, motion_animation
from solami.errors import InputError
from solami.frames import MotionChunk


def write_glb(path: Path, motion: MotionChunk) -> None:
    """Write the mannequin moving as `motion`. Raises InputError for no poses."""
    if not len(motion.rotations):
        raise InputError("got no poses, expected at least one to write a GLB")
    packer, bones = Packer(), bone_nodes()
    gltf = GLTF2(
        scene=0,
        scenes=[Scene(nodes=[0, len(bones), len(bones) + 1])],
        nodes=[*bones, Node(name="body", mesh=0, skin=0), Node(name="face", mesh=1, skin=0)],
        meshes=mannequin_meshes(packer),
        materials=materials(),
        skins=[mannequin_skin(packer)],
        animations=[motion_animation(packer, motion)],
        accessors=packer.accessors,
        bufferViews=packer.views,
        buffers=[Buffer(byteLength=len(packer.data))],
    )
    gltf.asset.generator = "solami"
    gltf.set_binary_blob(bytes(packer.data))
    path.write_bytes(b"".join(gltf.save_to_bytes()))

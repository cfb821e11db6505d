"""Writes motion as GLB: the skinned mannequin, its skeleton under VRM bone names, one animation. Does not read.

glTF 2.0 (https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html): right-handed, Y up, metres, front +Z, like ours.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pygltflib import (
    GLTF2,
    Accessor,
    Animation,
    AnimationChannel,
    AnimationChannelTarget,
    AnimationSampler,
    Attributes,
    Buffer,
    BufferView,
    Material,
    Mesh,
    Node,
    PbrMetallicRoughness,
    Primitive,
    Scene,
    Skin,
)

from solami import skeleton
from solami.body.mannequin import mannequin, rest_positions
from solami.errors import InputError
from solami.frames import MotionChunk

_COMPONENTS = {"float32": 5126, "uint16": 5123, "uint8": 5121, "uint32": 5125}
_TYPES = {0: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4", 16: "MAT4"}
_VERTEX_BUFFER, _INDEX_BUFFER = 34962, 34963


def write_glb(path: Path, motion: MotionChunk) -> None:
    """Write the mannequin moving as `motion`. Raises InputError for no poses."""
    if not len(motion.rotations):
        raise InputError("got no poses, expected at least one to write a GLB")
    packer = _Packer()
    primitive, bind = _mesh(packer), _bind_matrices(packer)
    gltf = GLTF2(
        scene=0,
        scenes=[Scene(nodes=[0, len(skeleton.JOINTS)])],
        nodes=[*_bones(), Node(name="mannequin", mesh=0, skin=0)],
        meshes=[Mesh(name="mannequin", primitives=[primitive])],
        materials=[Material(pbrMetallicRoughness=PbrMetallicRoughness(metallicFactor=0.0, roughnessFactor=0.8))],
        skins=[Skin(joints=list(range(len(skeleton.JOINTS))), skeleton=0, inverseBindMatrices=bind)],
        animations=[_animation(packer, motion)],
        accessors=packer.accessors,
        bufferViews=packer.views,
        buffers=[Buffer(byteLength=len(packer.data))],
    )
    gltf.asset.generator = "solami"
    gltf.set_binary_blob(bytes(packer.data))
    path.write_bytes(b"".join(gltf.save_to_bytes()))


class _Packer:
    """Arrays one after the other in one buffer, each with its view and accessor."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.views: list[Any] = []
        self.accessors: list[Any] = []

    def add(
        self, array: NDArray[Any], *, target: int | None = None, bounds: bool = False, normalized: bool = False
    ) -> int:
        """Append array [N] or [N, D]; returns the accessor's number."""
        raw = np.ascontiguousarray(array).tobytes()
        self.views.append(BufferView(buffer=0, byteOffset=len(self.data), byteLength=len(raw), target=target))
        self.data += raw + b"\0" * (-len(raw) % 4)
        flat = array.reshape(len(array), -1)
        kind = _TYPES[0 if array.ndim == 1 else flat.shape[1]]
        accessor = Accessor(
            bufferView=len(self.views) - 1, componentType=_COMPONENTS[array.dtype.name], count=len(array), type=kind,
            normalized=normalized or None,
        )  # fmt: skip
        if bounds:
            accessor.min, accessor.max = flat.min(axis=0).tolist(), flat.max(axis=0).tolist()
        self.accessors.append(accessor)
        return len(self.accessors) - 1


def _bones() -> list[Any]:
    nodes = []
    for i, joint in enumerate(skeleton.JOINTS):
        x, y, z = joint.offset_m
        children = [k for k, parent in enumerate(skeleton.PARENTS) if parent == i]
        translation = [x, y + (skeleton.PELVIS_HEIGHT_M if i == 0 else 0.0), z]
        nodes.append(Node(name=joint.vrm_bone, translation=translation, children=children))
    return nodes


def _mesh(packer: _Packer) -> Any:
    mesh = mannequin()
    colours = np.concatenate([np.round(mesh.colours * 255), np.full((len(mesh.colours), 1), 255)], axis=1).astype(
        np.uint8
    )
    attributes = Attributes(
        POSITION=packer.add(mesh.vertices, target=_VERTEX_BUFFER, bounds=True),
        NORMAL=packer.add(_units(mesh.normals), target=_VERTEX_BUFFER),
        COLOR_0=packer.add(colours, target=_VERTEX_BUFFER, normalized=True),
        JOINTS_0=packer.add(np.where(mesh.weights > 0, mesh.joints, 0).astype(np.uint8), target=_VERTEX_BUFFER),
        WEIGHTS_0=packer.add(mesh.weights, target=_VERTEX_BUFFER),
    )
    faces = packer.add(mesh.faces.reshape(-1).astype(np.uint16), target=_INDEX_BUFFER)
    return Primitive(attributes=attributes, indices=faces, material=0)


def _units(normals: NDArray[np.float32]) -> NDArray[np.float32]:
    """Poles of closed tubes have no normal of their own; glTF asks for unit length everywhere."""
    return np.where(
        np.linalg.norm(normals, axis=1, keepdims=True) > 0.5, normals, np.array([0, 1, 0], np.float32)
    ).astype(np.float32)


def _bind_matrices(packer: _Packer) -> int:
    """The inverse of every bone's rest transform, column by column; the mesh has the pelvis at the origin."""
    matrices = np.tile(np.eye(4, dtype=np.float32), (len(skeleton.JOINTS), 1, 1))
    matrices[:, 3, :3] = -rest_positions()
    return packer.add(matrices.reshape(-1, 16))


def _animation(packer: _Packer, motion: MotionChunk) -> Any:
    times = packer.add((np.arange(len(motion.rotations)) / motion.fps).astype(np.float32), bounds=True)
    outputs = [packer.add(motion.translation)]
    outputs += [packer.add(motion.rotations[:, i]) for i in range(len(skeleton.JOINTS))]
    targets = [(0, "translation"), *((i, "rotation") for i in range(len(skeleton.JOINTS)))]
    return Animation(
        name="motion",
        samplers=[AnimationSampler(input=times, output=output, interpolation="LINEAR") for output in outputs],
        channels=[
            AnimationChannel(sampler=i, target=AnimationChannelTarget(node=node, path=path))
            for i, (node, path) in enumerate(targets)
        ],
    )

"""What glTF files share: arrays packed into one buffer, bones, the skinned mannequin and its materials, an animation.

glTF 2.0 (https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html): right-handed, Y up, metres, front +Z, like ours.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pygltflib import (
    Accessor,
    Animation,
    AnimationChannel,
    AnimationChannelTarget,
    AnimationSampler,
    Attributes,
    BufferView,
    Material,
    Mesh,
    Node,
    PbrMetallicRoughness,
    Primitive,
    Skin,
)

from solami import skeleton
from solami.body.mannequin import MATERIALS, face_range, mannequin
from solami.body.rest import rest_positions
from solami.frames import MotionChunk

_COMPONENTS = {"float32": 5126, "uint16": 5123, "uint8": 5121, "uint32": 5125}
_TYPES = {0: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4", 16: "MAT4"}
_VERTEX_BUFFER, _INDEX_BUFFER = 34962, 34963


class Packer:
    """Arrays one after the other in one buffer, each with its view and accessor."""

    def __init__(self) -> None:
        self.data = bytearray()
        self.views: list[Any] = []
        self.accessors: list[Any] = []

    def add(self, array: NDArray[Any], *, target: int | None = None, bounds: bool = False) -> int:
        """Append array [N] or [N, D]; returns the accessor's number."""
        raw = np.ascontiguousarray(array).tobytes()
        self.views.append(BufferView(buffer=0, byteOffset=len(self.data), byteLength=len(raw), target=target))
        self.data += raw + b"\0" * (-len(raw) % 4)
        flat = array.reshape(len(array), -1)
        kind = _TYPES[0 if array.ndim == 1 else flat.shape[1]]
        component = _COMPONENTS[array.dtype.name]
        accessor = Accessor(bufferView=len(self.views) - 1, componentType=component, count=len(array), type=kind)
        if bounds:
            accessor.min, accessor.max = flat.min(axis=0).tolist(), flat.max(axis=0).tolist()
        self.accessors.append(accessor)
        return len(self.accessors) - 1


def bone_nodes() -> list[Any]:
    """One node a joint, in order, under VRM bone names; the pelvis stands at its rest height."""
    nodes = []
    for i, joint in enumerate(skeleton.JOINTS):
        x, y, z = joint.offset_m
        children = [k for k, parent in enumerate(skeleton.PARENTS) if parent == i]
        translation = [x, y + (skeleton.PELVIS_HEIGHT_M if i == 0 else 0.0), z]
        nodes.append(Node(name=joint.vrm_bone, translation=translation, children=children or None))
    return nodes


def mannequin_meshes(packer: Packer, face_targets: list[NDArray[np.float32]] | None = None) -> list[Any]:
    """Two meshes, body and face; only the face's has morph targets: arrays [N, 3] of moves of `face_range`."""
    face = face_range()
    return [
        Mesh(name="body", primitives=_primitives(packer, slice(0, face.start), [])),
        Mesh(name="face", primitives=_primitives(packer, face, face_targets or [])),
    ]


def mannequin_skin(packer: Packer) -> Any:
    """The skin of both meshes: joint i is node i; inverse bind matrices, column by column, of the rest pose."""
    matrices = np.tile(np.eye(4, dtype=np.float32), (len(skeleton.JOINTS), 1, 1))
    matrices[:, 3, :3] = -rest_positions()
    joints = list(range(len(skeleton.JOINTS)))
    return Skin(joints=joints, skeleton=0, inverseBindMatrices=packer.add(matrices.reshape(-1, 16)))


def materials() -> list[Any]:
    """The mannequin's materials; colours in glTF are linear."""
    made = []
    for material in MATERIALS:
        linear = [round(c**2.2, 5) for c in material.colour]
        surface = PbrMetallicRoughness(
            baseColorFactor=[*linear, 1.0], metallicFactor=0.0, roughnessFactor=material.roughness
        )
        glow = [round(c * material.glow, 5) for c in linear]
        made.append(Material(name=material.name, pbrMetallicRoughness=surface, emissiveFactor=glow))
    return made


def _primitives(packer: Packer, vertices: slice, targets: list[NDArray[np.float32]]) -> list[Any]:
    """One primitive a material; all share the vertices of the slice."""
    mesh = mannequin()
    weights = mesh.weights[vertices]
    attributes = Attributes(
        POSITION=packer.add(mesh.vertices[vertices], target=_VERTEX_BUFFER, bounds=True),
        NORMAL=packer.add(_units(mesh.normals[vertices]), target=_VERTEX_BUFFER),
        JOINTS_0=packer.add(np.where(weights > 0, mesh.joints[vertices], 0).astype(np.uint8), target=_VERTEX_BUFFER),
        WEIGHTS_0=packer.add(weights, target=_VERTEX_BUFFER),
    )
    morphs = [Attributes(POSITION=packer.add(move, target=_VERTEX_BUFFER, bounds=True)) for move in targets]
    inside = (mesh.faces[:, 0] >= vertices.start) & (mesh.faces[:, 0] < vertices.stop)
    made = []
    for kind in np.unique(mesh.materials[inside]):
        faces = (mesh.faces[inside & (mesh.materials == kind)] - vertices.start).reshape(-1).astype(np.uint16)
        indices = packer.add(faces, target=_INDEX_BUFFER)
        made.append(Primitive(attributes=attributes, indices=indices, material=int(kind), targets=morphs or None))
    return made


def _units(normals: NDArray[np.float32]) -> NDArray[np.float32]:
    """GlTF asks for unit normals everywhere, also where faces without area left none."""
    known = np.linalg.norm(normals, axis=1, keepdims=True) > 0.5
    return np.where(known, normals, np.array([0, 1, 0], np.float32)).astype(np.float32)


def motion_animation(packer: Packer, motion: MotionChunk) -> Animation:
    """One linear animation of the nodes of `bone_nodes`: every rotation, and where the pelvis is."""
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

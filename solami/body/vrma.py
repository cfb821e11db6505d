"""Writes motion as VRM Animation 1.0 (.vrma): a glTF skeleton in VRM's T-pose and one animation, no mesh.

https://github.com/vrm-c/vrm-specification/tree/master/specification/VRMC_vrm_animation-1.0. The extension names every
bone but the eyes, which it leaves to look-at; theirs are nodes like the others and keep their rotations.
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
    Buffer,
    BufferView,
    Node,
    Scene,
)

from solami import skeleton
from solami.errors import InputError
from solami.frames import MotionChunk

EXTENSION = "VRMC_vrm_animation"
SPEC_VERSION = "1.0"
_EYES = ("leftEye", "rightEye")
_FLOAT = 5126
_TYPES = {1: "SCALAR", 3: "VEC3", 4: "VEC4"}


def write_vrma(path: Path, motion: MotionChunk) -> None:
    """Write the motion under VRM's bone names. Raises InputError for no poses."""
    if not len(motion.rotations):
        raise InputError("got no poses, expected at least one to write a VRMA")
    times = (np.arange(len(motion.rotations)) / motion.fps).astype(np.float32)
    arrays = [times, motion.translation, *(motion.rotations[:, i] for i in range(len(skeleton.JOINTS)))]
    data, views, accessors = _packed(arrays)
    gltf = GLTF2(
        scene=0,
        scenes=[Scene(nodes=[0])],
        nodes=_nodes(),
        animations=[_animation()],
        accessors=accessors,
        bufferViews=views,
        buffers=[Buffer(byteLength=len(data))],
        extensionsUsed=[EXTENSION],
        extensions={EXTENSION: {"specVersion": SPEC_VERSION, "humanoid": {"humanBones": _human_bones()}}},
    )
    gltf.asset.generator = "solami"
    gltf.set_binary_blob(data)
    path.write_bytes(b"".join(gltf.save_to_bytes()))


def _human_bones() -> dict[str, dict[str, int]]:
    return {bone: {"node": i} for i, bone in enumerate(skeleton.VRM_BONES) if bone not in _EYES}


def _nodes() -> list[Any]:
    """The rest pose, soles on the floor."""
    nodes = []
    for i, joint in enumerate(skeleton.JOINTS):
        x, y, z = joint.offset_m
        children = [k for k, parent in enumerate(skeleton.PARENTS) if parent == i]
        height = skeleton.PELVIS_HEIGHT_M if i == 0 else 0.0
        nodes.append(Node(name=joint.vrm_bone, translation=[x, y + height, z], children=children or None))
    return nodes


def _packed(arrays: list[NDArray[np.float32]]) -> tuple[bytes, list[Any], list[Any]]:
    """Float arrays [T] or [T, D] one after the other, with a view and an accessor each."""
    data, views, accessors = bytearray(), [], []
    for number, array in enumerate(arrays):
        raw = np.ascontiguousarray(array, dtype="<f4").tobytes()
        views.append(BufferView(buffer=0, byteOffset=len(data), byteLength=len(raw)))
        data += raw
        kind = _TYPES[1 if array.ndim == 1 else array.shape[1]]
        accessor = Accessor(bufferView=number, componentType=_FLOAT, count=len(array), type=kind)
        if number == 0:  # a sampler's input must say its range
            accessor.min, accessor.max = [float(array[0])], [float(array[-1])]
        accessors.append(accessor)
    return bytes(data), views, accessors


def _animation() -> Any:
    targets = [(0, "translation"), *((i, "rotation") for i in range(len(skeleton.JOINTS)))]
    return Animation(
        name="motion",
        samplers=[AnimationSampler(input=0, output=i + 1, interpolation="LINEAR") for i in range(len(targets))],
        channels=[
            AnimationChannel(sampler=i, target=AnimationChannelTarget(node=node, path=path))
            for i, (node, path) in enumerate(targets)
        ],
    )

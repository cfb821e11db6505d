"""Reads the animation of a humanoid in GLB, VRM or VRMA into a `RigMotion`.

Bones come from VRMC_vrm_animation, VRMC_vrm or VRM (0.x), else from node names. The rest pose is the skin's bind pose
where there is one, else the nodes' own transforms. Several animations: the one that moves the most bones.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from solami.body.geometry import Array, matrix_to_quaternion, normalise
from solami.body.gltf_file import GltfFile, read_glb
from solami.body.gltf_humanoid import humanoid_joints
from solami.body.gltf_keys import moving_channels, sample_times, sampled
from solami.body.rig_motion import Pose, RigMotion, check_size, world_poses
from solami.errors import InputError

_MAX_NODES = 5000
# What Python says where JSON holds a value of another kind than the standard's: checks of each would hide the reading.
_NOT_GLTF = (TypeError, AttributeError, KeyError, IndexError, ValueError, OverflowError)


def read_gltf(path: Path) -> RigMotion:
    """Read a .glb, .vrm or .vrma.

    Raises:
        InputError: no animation of bones, a broken file, or too long to hold.
    """
    file = read_glb(path)
    try:
        return _motion(file)
    except _NOT_GLTF as error:
        raise InputError(f"{path}: its JSON is not as glTF 2.0 has it ({error}); the file is broken") from error


def _motion(file: GltfFile) -> RigMotion:
    nodes, place, parents = _tree(file)
    channels = moving_channels(file)
    times, fps, even = sample_times(file, channels)
    check_size(str(file.path), len(times), len(place))
    local = [_transform(file, nodes[n]) for n in place]
    rotations = np.tile(np.stack([turn for turn, _, _ in local]), (len(times), 1, 1))
    translations: list[Array] = [shift for _, shift, _ in local]
    scales = np.stack([scale for _, _, scale in local])
    rest = world_poses(parents, rotations[:1].copy(), translations, scales)
    for node, kind, sampler in channels:
        if node in place and kind == "rotation":
            rotations[:, place[node]] = sampled(file, sampler, times, kind)
        elif node in place:
            translations[place[node]] = sampled(file, sampler, times, kind)
    world, positions = world_poses(parents, rotations, translations, scales)
    own = Pose(rest[0][0], rest[1][0])
    joints, is_vrm = humanoid_joints(file, place)
    return RigMotion(
        names=tuple(str(nodes[n].get("name", f"node {n}")) for n in place),
        parents=parents,
        rests=(own,) if is_vrm else (*_bind_pose(file, own, place), own),
        rotations=world,
        positions=positions,
        fps=fps,
        joints=joints,
        rests_in_t_pose=is_vrm,
        up_axis="Y",
        notes=() if even else (f"keys are not evenly spaced: read at {fps:g} fps",),
    )


def _tree(file: GltfFile) -> tuple[list[dict[str, Any]], dict[int, int], tuple[int, ...]]:
    """The nodes, each one's place in an order with parents first, and by these places each one's parent."""
    nodes = file.part("nodes")
    if not 1 <= len(nodes) <= _MAX_NODES:
        raise InputError(f"{file.path}: {len(nodes)} nodes, expected a skeleton of at most {_MAX_NODES}")
    above: dict[int, int] = {}
    for number, node in enumerate(nodes):
        for child in node.get("children") or []:
            file.item("nodes", child)
            above[child] = number
    order = [number for number in range(len(nodes)) if number not in above]
    for number in order:
        order += [child for child in set(nodes[number].get("children") or []) if above[child] == number]
    if len(order) != len(nodes):
        raise InputError(f"{file.path}: a node hangs from itself; the file is broken")
    place = {node: i for i, node in enumerate(order)}
    return nodes, place, tuple(place.get(above.get(number, -1), -1) for number in order)


def _transform(file: GltfFile, node: dict[str, Any]) -> tuple[Array, Array, Array]:
    """A node's rotation [4], translation [3] and scale [3]."""
    try:
        if "matrix" in node:
            matrix = np.array(node["matrix"], dtype=np.float64).reshape(4, 4).T
            scale = np.linalg.norm(matrix[:3, :3], axis=0)
            turn, shift = matrix_to_quaternion(matrix[:3, :3] / np.maximum(scale, 1e-12)), matrix[:3, 3]
        else:
            turn, shift, scale = (
                np.array(node.get(key, default), dtype=np.float64).reshape(len(default))
                for key, default in (("rotation", (0, 0, 0, 1)), ("translation", (0, 0, 0)), ("scale", (1, 1, 1)))
            )
    except (TypeError, ValueError) as error:
        raise InputError(f"{file.path}: a node's transform is no list of numbers ({error})") from error
    if not all(np.isfinite(part).all() for part in (turn, shift, scale)):
        raise InputError(f"{file.path}: a node's transform holds NaN or infinity; mend the file")
    return normalise(turn), shift, scale


def _bind_pose(file: GltfFile, own: Pose, place: dict[int, int]) -> Iterator[Pose]:
    """The pose a skin was made in, in the space of its mesh; bones outside the skin keep theirs."""
    for skin in file.part("skins")[:8]:
        joints = skin.get("joints") or []
        if "inverseBindMatrices" not in skin or not all(node in place for node in joints) or not joints:
            continue
        matrices = file.array(skin["inverseBindMatrices"])
        if matrices.shape != (len(joints), 16):
            raise InputError(f"{file.path}: a skin has {len(matrices)} bind matrices for {len(joints)} joints")
        inverse = matrices.reshape(-1, 4, 4).transpose(0, 2, 1)
        if (np.abs(np.linalg.det(inverse)) < 1e-12).any():
            continue
        bind = np.linalg.inv(inverse)
        size = np.linalg.norm(bind[:, :3, :3], axis=1)
        turns = matrix_to_quaternion(bind[:, :3, :3] / size[:, None, :])
        bones = [place[node] for node in joints]
        rotations, positions = own.rotations.copy(), own.positions.copy()
        rotations[bones], positions[bones] = turns, bind[:, :3, 3]
        yield Pose(rotations, positions)

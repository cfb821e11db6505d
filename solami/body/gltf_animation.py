"""Reads the animation of a humanoid in GLB, VRM or VRMA into a `RigMotion`.

Bones come from VRMC_vrm_animation, VRMC_vrm or VRM (0.x), else from node names. The rest pose is the skin's bind pose
where there is one, else the nodes' own transforms. Several animations: the one that moves the most bones.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from solami import skeleton
from solami.body.geometry import Array, matrix_to_quaternion, normalise, slerp
from solami.body.gltf_file import GltfFile, read_glb
from solami.body.rig_motion import Pose, RigMotion, check_size, world_poses
from solami.errors import InputError

_MAX_NODES = 5000
# What Python says where JSON holds a value of another kind than the standard's: checks of each would hide the reading.
_NOT_GLTF = (TypeError, AttributeError, KeyError, IndexError, ValueError, OverflowError)
_SAMPLE_FPS = 60.0  # of animations whose keys are not evenly spaced
_THUMB_0X = {"Proximal": "Metacarpal", "Intermediate": "Proximal", "Distal": "Distal"}


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
    nodes, order, parents = _tree(file)
    channels = _channels(file)
    times, fps, even = _times(file, channels)
    check_size(str(file.path), len(times), len(order))
    place = {node: i for i, node in enumerate(order)}
    local = [_transform(file, node) for node in (nodes[n] for n in order)]
    rotations = np.tile(np.stack([turn for turn, _, _ in local]), (len(times), 1, 1))
    translations: list[Array] = [shift for _, shift, _ in local]
    scales = np.stack([scale for _, _, scale in local])
    rest = world_poses(parents, rotations[:1].copy(), translations, scales)
    for node, kind, sampler in channels:
        if node in place:
            values = _sampled(file, sampler, times, kind)
            if kind == "rotation":
                rotations[:, place[node]] = values
            else:
                translations[place[node]] = values
    world, positions = world_poses(parents, rotations, translations, scales)
    own = Pose(rest[0][0], rest[1][0])
    joints, is_vrm = _humanoid(file, place)
    return RigMotion(
        names=tuple(str(nodes[n].get("name", f"node {n}")) for n in order),
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


def _tree(file: GltfFile) -> tuple[list[dict[str, Any]], list[int], tuple[int, ...]]:
    """The nodes, their numbers with parents first, and each one's parent by its place in that order."""
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
    return nodes, order, tuple(place.get(above.get(number, -1), -1) for number in order)


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


def _channels(file: GltfFile) -> list[tuple[int, str, dict[str, Any]]]:
    """Node, kind and sampler of the channels that turn or move nodes, of the animation with the most of them."""
    found: list[list[tuple[int, str, dict[str, Any]]]] = []
    for animation in file.part("animations"):
        rows = []
        samplers = animation.get("samplers", [])
        for channel in animation.get("channels", []):
            target, number = channel.get("target", {}), channel.get("sampler")
            if not isinstance(number, int) or not 0 <= number < len(samplers):
                raise InputError(f"{file.path}: an animation channel has no sampler; the file is broken")
            if target.get("path") in ("rotation", "translation") and isinstance(target.get("node"), int):
                rows.append((target["node"], target["path"], samplers[number]))
        found.append(rows)
    if not found or not max(map(len, found)):
        raise InputError(f"{file.path}: no animation that turns bones, expected one; export it with its animation")
    return max(found, key=len)


def _times(file: GltfFile, channels: list[tuple[int, str, dict[str, Any]]]) -> tuple[Array, float, bool]:
    """When to sample, at which rate, and whether that is when the keys are."""
    inputs = {str(s.get("input")): file.array(s.get("input"))[:, 0] for _, _, s in channels}
    start, end = min(t[0] for t in inputs.values()), max(t[-1] for t in inputs.values())
    if any((np.diff(t) <= 0).any() for t in inputs.values()) or start < -1 or end - start > 36_000:
        raise InputError(f"{file.path}: animation times run from {start:g} to {end:g} s, expected a rising clock")
    longest = max(inputs.values(), key=len)
    if len(longest) == 1:
        return longest, 30.0, True
    step = (longest[-1] - longest[0]) / (len(longest) - 1)
    fps = 1 / step
    fps = round(fps) if abs(fps - round(fps)) < 0.01 else fps
    covers = longest[0] == start and longest[-1] == end
    if covers and np.abs(np.diff(longest) - step).max() < 0.02 * step and 1 <= fps <= 1000:
        return longest, float(fps), True
    count = int((end - start) * _SAMPLE_FPS + 1e-6) + 1
    return start + np.arange(count) / _SAMPLE_FPS, _SAMPLE_FPS, False


def _sampled(file: GltfFile, sampler: dict[str, Any], times: Array, kind: str) -> Array:
    """A sampler's values [T, 3 or 4] at the given times; held before its first and after its last key."""
    keys, values = file.array(sampler.get("input"))[:, 0], file.array(sampler.get("output"))
    way, width = sampler.get("interpolation", "LINEAR"), 4 if kind == "rotation" else 3
    per_key = 3 if way == "CUBICSPLINE" else 1
    if values.shape != (len(keys) * per_key, width) or way not in ("LINEAR", "STEP", "CUBICSPLINE"):
        raise InputError(
            f"{file.path}: a {kind} sampler has {values.shape[0]} values of {values.shape[1]} for {len(keys)} keys "
            f"({way}), expected {len(keys) * per_key} of {width}"
        )
    knots = values.reshape(len(keys), per_key, width)
    if kind == "rotation":
        knots = knots / np.maximum(np.linalg.norm(knots[:, per_key // 2], axis=-1), 1e-12)[:, None, None]
    low = np.clip(np.searchsorted(keys, times, side="right") - 1, 0, max(len(keys) - 2, 0))
    high = np.minimum(low + 1, len(keys) - 1)
    span = np.maximum(keys[high] - keys[low], 1e-9)
    part = np.clip((times - keys[low]) / span, 0.0, 1.0)
    a, b = knots[low, per_key // 2], knots[high, per_key // 2]
    if way == "STEP":
        return np.where(part[:, None] >= 1, b, a)
    if way == "CUBICSPLINE":
        curve = _spline(a, span[:, None] * knots[low, 2], b, span[:, None] * knots[high, 0], part[:, None])
        return normalise(curve) if kind == "rotation" else curve
    return slerp(a, b, part) if kind == "rotation" else a + part[:, None] * (b - a)


def _spline(a: Array, out: Array, b: Array, into: Array, t: Array) -> Array:
    """Cubic Hermite between two keys with their tangents, as glTF's appendix C has it."""
    return (
        (2 * t**3 - 3 * t**2 + 1) * a + (t**3 - 2 * t**2 + t) * out + (3 * t**2 - 2 * t**3) * b + (t**3 - t**2) * into
    )


def _humanoid(file: GltfFile, place: dict[int, int]) -> tuple[dict[int, int], bool]:
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

"""The keys of a glTF animation: which channels turn or move nodes, when to sample them, and their values then.

https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html, 3.11 and appendix C. Knows no bones.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from solami.body.geometry import Array, normalise, slerp
from solami.body.gltf_file import GltfFile
from solami.errors import InputError

_SAMPLE_FPS = 60.0  # of animations whose keys are not evenly spaced


def moving_channels(file: GltfFile) -> list[tuple[int, str, dict[str, Any]]]:
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


def sample_times(file: GltfFile, channels: list[tuple[int, str, dict[str, Any]]]) -> tuple[Array, float, bool]:
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


def sampled(file: GltfFile, sampler: dict[str, Any], times: Array, kind: str) -> Array:
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

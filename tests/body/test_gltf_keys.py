"""Keys of animations in files made here; whole files are read in test_gltf_animation."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from solami.body.geometry import Array, angle_between, axis_angle_to_quaternion
from solami.body.gltf_file import GltfFile
from solami.body.gltf_keys import moving_channels, sample_times, sampled

IDENTITY = np.array([0.0, 0.0, 0.0, 1.0])


def scene(*tables: Array, animations: tuple[dict[str, Any], ...] = ()) -> GltfFile:
    """A file whose accessor k holds table k [N, D]."""
    views: list[dict[str, Any]] = []
    accessors: list[dict[str, Any]] = []
    binary = b""
    for table in tables:
        raw = np.asarray(table, "<f4").tobytes()
        kind = {1: "SCALAR", 3: "VEC3", 4: "VEC4"}[table.shape[1]]
        accessors.append({"bufferView": len(views), "componentType": 5126, "count": len(table), "type": kind})
        views.append({"buffer": 0, "byteOffset": len(binary), "byteLength": len(raw)})
        binary += raw
    document = {"bufferViews": views, "accessors": accessors, "animations": list(animations), "nodes": [{}, {}]}
    return GltfFile(Path("a.glb"), document, binary)


def clock(*seconds: float) -> Array:
    """Times as a table."""
    return np.array(seconds)[:, None]


def test_the_fullest_animation_is_chosen() -> None:
    """Of several animations the one that turns and moves the most nodes counts; weights of faces are passed over."""

    def animation(*paths: str) -> dict[str, Any]:
        channels = [{"sampler": 0, "target": {"node": k, "path": path}} for k, path in enumerate(paths)]
        return {"samplers": [{"input": 0}], "channels": channels}

    file = scene(
        clock(0), animations=(animation("rotation"), animation("rotation", "translation"), animation("weights"))
    )
    assert [(node, kind) for node, kind, _ in moving_channels(file)] == [(0, "rotation"), (1, "translation")]


@pytest.mark.parametrize(
    ("seconds", "fps", "even"),
    [((0, 1 / 30, 2 / 30), 30.0, True), ((0.0, 0.1, 1.1), 60.0, False), ((2.0,), 30.0, True)],
)
def test_even_keys_are_the_frames(seconds: tuple[float, ...], fps: float, even: bool) -> None:
    """Evenly spaced keys are taken as they are, others read at sixty a second over the same time."""
    times, got_fps, got_even = sample_times(scene(clock(*seconds)), [(0, "rotation", {"input": 0})])
    assert (got_fps, got_even) == (fps, even)
    np.testing.assert_allclose((times[0], times[-1]), (seconds[0], seconds[-1]), atol=1e-6)


@pytest.mark.parametrize("way", ["STEP", "CUBICSPLINE", "LINEAR"])
def test_values_between_keys_are_as_their_interpolation_says(way: str) -> None:
    """A step holds, a line goes evenly, a spline with flat tangents eases in and out; before and after, keys hold."""
    ends = np.stack([IDENTITY, axis_angle_to_quaternion(np.array([0.0, 0.0, 0.2]))])
    values = np.zeros((2, 3, 4))
    values[:, 1] = ends
    file = scene(clock(1, 2), values.reshape(-1, 4) if way == "CUBICSPLINE" else ends)
    sampler = {"input": 0, "output": 1, "interpolation": way}
    turns = sampled(file, sampler, np.array([0.0, 1.25, 3.0]), "rotation")
    share = {"STEP": 0.0, "LINEAR": 0.25, "CUBICSPLINE": 3 * 0.25**2 - 2 * 0.25**3}[way]
    np.testing.assert_allclose(angle_between(turns, IDENTITY), [0.0, 0.2 * share, 0.2], atol=1e-4)

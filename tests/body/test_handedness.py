import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from solami.body import handedness as h
from solami.body.geometry import Array, angle_between, axis_angle_to_quaternion, normalise, quaternion_to_matrix, rotate

numbers = st.floats(-1, 1, width=64)
quaternions = arrays(np.float64, (4,), elements=numbers).filter(lambda q: np.linalg.norm(q) > 0.1).map(normalise)
vectors = arrays(np.float64, (3,), elements=numbers)
conventions = st.sampled_from([h.UNITY, h.UNREAL, h.BLENDER])


@given(conventions, quaternions, vectors)
@settings(max_examples=50, deadline=None)
def test_turning_and_changing_axes_commute(convention: Array, q: Array, v: Array) -> None:
    """A turned vector in other axes is the vector in those axes, turned by the rotation in those axes."""
    there = quaternion_to_matrix(h.rotations_to(convention, q)) @ h.vectors_to(convention, v)
    np.testing.assert_allclose(there, h.vectors_to(convention, rotate(q, v)), atol=1e-12)


@given(conventions, quaternions, vectors)
@settings(max_examples=50, deadline=None)
def test_there_and_back_is_the_same(convention: Array, q: Array, v: Array) -> None:
    """Going to a convention and back changes nothing."""
    assert angle_between(h.rotations_from(convention, h.rotations_to(convention, q)), q) < 1e-6
    np.testing.assert_allclose(h.vectors_from(convention, h.vectors_to(convention, v)), v, atol=1e-12)


def test_unity_keeps_the_front_and_swaps_the_sides() -> None:
    """A body that faces +Z faces +Z in Unity; its left hand is on -X; a turn to its left is one by a negative angle."""
    np.testing.assert_allclose(h.vectors_to(h.UNITY, np.array([1.0, 2.0, 3.0])), [-1, 2, 3])
    left = axis_angle_to_quaternion(np.array([0.0, np.pi / 2, 0.0]))
    np.testing.assert_allclose(h.rotations_to(h.UNITY, left), left * [1, -1, -1, 1], atol=1e-12)


def test_unreal_and_blender_have_their_axes() -> None:
    """The front is +X in Unreal and -Y in Blender; up is Z in both; the left is -Y in Unreal and +X in Blender."""
    left, up, front = np.eye(3)
    for convention, there in (
        (h.UNREAL, ([0, -1, 0], [0, 0, 1], [1, 0, 0])),
        (h.BLENDER, ([1, 0, 0], [0, 0, 1], [0, -1, 0])),
    ):
        for ours, theirs in zip((left, up, front), there, strict=True):
            np.testing.assert_allclose(h.vectors_to(convention, ours), theirs)


@pytest.mark.parametrize("up", h.UP_AXES)
def test_every_up_axis_comes_to_y(up: str) -> None:
    """The named axis is turned to +Y by a proper rotation."""
    np.testing.assert_allclose(rotate(h.y_up_rotation(up), h.up_vector(up)), [0, 1, 0], atol=1e-12)
    assert ("-" in up) == (h.up_vector(up).sum() < 0)


def _golden() -> list[dict[str, Any]]:
    path = Path(__file__).parents[1] / "vectors" / "geometry" / "handedness.json"
    rows: list[dict[str, Any]] = json.loads(path.read_text())["vectors"]
    return rows


@pytest.mark.parametrize("row", _golden(), ids=lambda row: row["name"])
def test_golden_poses(row: dict[str, Any]) -> None:
    """Positions and rotations in other axes are what the clients' tests read too."""
    for name, convention in (("unity", h.UNITY), ("unreal", h.UNREAL), ("blender", h.BLENDER)):
        position, quaternion = (np.array(row[key]) for key in ("position", "quaternion"))
        np.testing.assert_allclose(h.vectors_to(convention, position), row[name]["position"], atol=1e-8)
        np.testing.assert_allclose(h.rotations_to(convention, quaternion), row[name]["quaternion"], atol=1e-8)

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from solami.body import geometry as g

numbers = st.floats(-1, 1, width=64)
quaternions = arrays(np.float64, (4,), elements=numbers).filter(lambda q: np.linalg.norm(q) > 0.1).map(g.normalise)
vectors = arrays(np.float64, (3,), elements=numbers)
IDENTITY = np.array([0.0, 0.0, 0.0, 1.0])


def vectors_of(name: str) -> list[dict[str, Any]]:
    """The golden vectors of one file."""
    path = Path(__file__).parents[1] / "vectors" / "geometry" / f"{name}.json"
    rows: list[dict[str, Any]] = json.loads(path.read_text())["vectors"]
    return rows


@given(quaternions)
def test_every_form_of_a_rotation_comes_back(q: g.Array) -> None:
    """Matrix, 6D and axis-angle hold the same rotation as the quaternion."""
    for back in (
        g.matrix_to_quaternion(g.quaternion_to_matrix(q)),
        g.six_to_quaternion(g.quaternion_to_six(q)),
        g.axis_angle_to_quaternion(g.quaternion_to_axis_angle(q)),
    ):
        assert g.angle_between(q, back) < 1e-6


@given(quaternions, quaternions, vectors)
def test_a_product_turns_by_the_second_then_the_first(a: g.Array, b: g.Array, v: g.Array) -> None:
    """rotate(a b, v) = rotate(a, rotate(b, v)) = A B v."""
    np.testing.assert_allclose(g.rotate(g.multiply(a, b), v), g.rotate(a, g.rotate(b, v)), atol=1e-12)
    np.testing.assert_allclose(g.rotate(a, v), g.quaternion_to_matrix(a) @ v, atol=1e-12)


@given(quaternions, quaternions, st.floats(0, 1))
def test_slerp_covers_the_angle_evenly(a: g.Array, b: g.Array, t: float) -> None:
    """After the share t of the way, the share t of the angle is behind."""
    whole = g.angle_between(a, b)
    np.testing.assert_allclose(g.angle_between(a, g.slerp(a, b, t)), t * whole, atol=1e-5)


@given(st.floats(-3.1, 3.1), st.floats(-1.2, 1.2))
@settings(max_examples=50, deadline=None)
def test_heading_ignores_leaning_forward(yaw: float, lean: float) -> None:
    """A body that leans forward or back heads where it headed upright."""
    leaning = g.multiply(g.yaw_quaternion(np.array(yaw)), g.axis_angle_to_quaternion(np.array([lean, 0.0, 0.0])))
    np.testing.assert_allclose(g.wrap(g.heading(leaning) - yaw), 0, atol=1e-9)


def test_positive_heading_turns_to_the_left() -> None:
    """A quarter turn takes the front from +Z to +X, which is the left."""
    front = g.rotate(g.yaw_quaternion(np.array(np.pi / 2)), np.array([0.0, 0.0, 1.0]))
    np.testing.assert_allclose(front, [1, 0, 0], atol=1e-12)


@pytest.mark.parametrize("row", vectors_of("rotations"), ids=lambda row: row["name"])
def test_golden_rotations(row: dict[str, Any]) -> None:
    """Every form of a rotation is what the clients' tests read too."""
    q = g.axis_angle_to_quaternion(np.array(row["axis_angle"]))
    np.testing.assert_allclose(q, row["quaternion"], atol=1e-8)
    np.testing.assert_allclose(g.quaternion_to_matrix(q).reshape(-1), row["matrix"], atol=1e-8)
    np.testing.assert_allclose(g.quaternion_to_six(q), row["six"], atol=1e-8)
    np.testing.assert_allclose(g.rotate(q, np.array([1.0, 2.0, 3.0])), row["turns_1_2_3_to"], atol=1e-8)
    np.testing.assert_allclose(g.heading(q), row["heading"], atol=1e-8)
    assert g.angle_between(g.six_to_quaternion(np.array(row["six"])), q) < 1e-7
    np.testing.assert_allclose(
        g.axis_angle_to_quaternion(g.quaternion_to_axis_angle(np.array(row["quaternion"]))), q, atol=1e-7
    )


@pytest.mark.parametrize("row", vectors_of("rest_relative"), ids=lambda row: row["name"])
def test_golden_rest_relative_rotations(row: dict[str, Any]) -> None:
    """A wire rotation becomes an avatar bone's own, and back."""
    rest, parent = np.array(row["rest_local"]), np.array(row["parent_rest_world"])
    local = g.rest_relative_to_local(np.array(row["relative"]), rest, parent)
    np.testing.assert_allclose(local, row["local"], atol=1e-8)
    np.testing.assert_allclose(g.local_to_rest_relative(local, rest, parent), row["relative"], atol=1e-8)


@given(quaternions, quaternions, quaternions, quaternions)
@settings(max_examples=50, deadline=None)
def test_rest_relative_rotations_turn_the_skin_alike(
    above: g.Array, rest: g.Array, turn: g.Array, top: g.Array
) -> None:
    """However an avatar's bones rest, the turn of its skin from the T-pose is that of a normalised avatar."""
    first = g.rest_relative_to_local(top, above, IDENTITY)
    second = g.multiply(first, g.rest_relative_to_local(turn, rest, above))
    skin = g.multiply(second, g.conjugate(g.multiply(above, rest)))
    assert g.angle_between(skin, g.multiply(top, turn)) < 1e-6

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from solami.body.geometry import angle_between, axis_angle_to_quaternion, multiply, rotate
from solami.body.gestures.solve import (
    bone_turns,
    limited,
    middle_joint,
    mirror_quaternion,
    mirror_vector,
    offset,
    shortest_turn,
    twist_about,
)

vectors = st.tuples(*[st.floats(-1, 1) for _ in range(3)]).map(np.array).filter(lambda v: np.linalg.norm(v) > 0.1)


@settings(deadline=None, max_examples=25)
@given(vectors, vectors)
def test_the_shortest_turn_brings_a_to_b(a: np.ndarray, b: np.ndarray) -> None:
    """It does so for every pair that is not opposite."""
    a, b = a / np.linalg.norm(a), b / np.linalg.norm(b)
    if a @ b > -0.99:
        np.testing.assert_allclose(rotate(shortest_turn(a, b), a), b, atol=1e-6)


@settings(deadline=None, max_examples=25)
@given(vectors, vectors)
def test_bones_reach_their_joints(target: np.ndarray, pole: np.ndarray) -> None:
    """Turning the rest bones by the solved turns puts middle and tip where they are to be, on the pole's side."""
    lengths = float(np.linalg.norm(offset("left_elbow"))), float(np.linalg.norm(offset("left_wrist")))
    target = 0.45 * target / np.linalg.norm(target)
    if np.linalg.norm(np.cross(target, pole)) < 0.05:
        return
    root = np.zeros((1, 3))
    middle, tip = middle_joint(root, target[None], lengths, pole[None])
    np.testing.assert_allclose(tip[0], target, atol=1e-9)
    parent = axis_angle_to_quaternion(np.array([[0.3, -0.2, 0.5]]))
    bones = (offset("left_elbow"), offset("left_wrist"))
    turns = bone_turns(bones, np.array([0.0, -1.0, 0.0]), parent, (root, middle, tip))
    upper = multiply(parent, turns[:, 0])
    elbow = rotate(upper, bones[0][None])
    np.testing.assert_allclose(elbow, middle, atol=1e-6)
    np.testing.assert_allclose(elbow + rotate(multiply(upper, turns[:, 1]), bones[1][None]), tip, atol=1e-6)


@settings(deadline=None, max_examples=25)
@given(vectors)
def test_mirrors_agree(axis: np.ndarray) -> None:
    """Mirroring a turned vector is turning the mirrored vector by the mirrored turn."""
    turn, v = axis_angle_to_quaternion(axis), np.array([0.2, -0.5, 0.7])
    np.testing.assert_allclose(
        mirror_vector(rotate(turn, v)), rotate(mirror_quaternion(turn), mirror_vector(v)), atol=1e-9
    )


def test_limits_and_twists() -> None:
    """A turn is cut to its limit, and its twist is the part about the axis."""
    turn = axis_angle_to_quaternion(np.array([0.0, 2.0, 0.0]))
    assert abs(np.degrees(angle_between(limited(turn, 30), np.array([0.0, 0, 0, 1]))) - 30) < 1e-6
    np.testing.assert_allclose(twist_about(turn, np.array([0.0, 1.0, 0.0])), turn)
    np.testing.assert_allclose(twist_about(turn, np.array([1.0, 0.0, 0.0])), [0, 0, 0, 1])

"""Two-bone inverse kinematics."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from solami.body.geometry import axis_angle_to_quaternion, normalise, rotate
from solami.body.two_bone import Limb, between, reach

HINT = np.array([[0.0, 0.0, -1.0]])


def limb(generator: np.random.Generator, bend: float) -> Limb:
    """A limb along +X with a bent middle, turned and moved at random."""
    turn = axis_angle_to_quaternion(generator.normal(size=(1, 3)))
    middle = np.array([[0.28, 0.0, -bend]])
    end = np.array([[0.53, 0.02, 0.0]])
    root = generator.normal(size=(1, 3))
    still = np.array([[0.0, 0, 0, 1]])
    return Limb(root, root + rotate(turn, middle), root + rotate(turn, end), still, still)


@given(st.integers(0, 10_000), st.sampled_from([0.0, 0.05, 0.2]), st.floats(0.1, 0.5))
@settings(max_examples=60, deadline=None)
def test_the_end_meets_a_target_in_reach(seed: int, bend: float, distance: float) -> None:
    """Wherever a reachable target is, turning the two bones puts the end there and keeps their lengths."""
    generator = np.random.default_rng(seed)
    arm = limb(generator, bend)
    target = arm.root + distance * normalise(generator.normal(size=(1, 3)))
    upper, lower = reach(arm, target, HINT)
    middle = arm.root + rotate(upper, arm.middle - arm.root)
    end = middle + rotate(lower, arm.end - arm.middle)
    np.testing.assert_allclose(end, target, atol=2e-3)


def test_a_target_out_of_reach_is_pointed_at() -> None:
    """Too far: the limb stretches towards it."""
    arm = limb(np.random.default_rng(0), 0.05)
    upper, lower = reach(arm, arm.root + np.array([[0.0, 5.0, 0.0]]), HINT)
    end = arm.root + rotate(upper, arm.middle - arm.root) + rotate(lower, arm.end - arm.middle)
    np.testing.assert_allclose(normalise(end - arm.root), [[0, 1, 0]], atol=1e-2)


def test_a_met_target_changes_nothing() -> None:
    """Where the end already is, no bone turns."""
    arm = limb(np.random.default_rng(1), 0.1)
    upper, lower = reach(arm, arm.end, HINT)
    np.testing.assert_allclose(np.abs(upper[..., 3]), 1, atol=1e-4)
    np.testing.assert_allclose(np.abs(lower[..., 3]), 1, atol=1e-4)


def test_between_turns_one_direction_into_the_other() -> None:
    """The rotation brings a to b; opposite directions give a unit quaternion without NaN."""
    generator = np.random.default_rng(2)
    a, b = generator.normal(size=(2, 20, 3))
    np.testing.assert_allclose(rotate(between(a, b), normalise(a)), normalise(b), atol=1e-9)
    assert np.isfinite(between(a, -a)).all()

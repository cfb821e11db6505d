import numpy as np

from solami.body.fields import ellipsoid, gradient, limb, smooth_curve, smooth_min, stack, union


def test_solids_are_negative_inside_only() -> None:
    """Middles lie inside, far points outside, and a rod's field is the distance to its skin."""
    rod = limb((0, 0, 0), (1, 0, 0), [(0, 0.1), (1, 0.1)], 0.01).field
    ball = ellipsoid((0, 0, 0), (0.1, 0.2, 0.3), 0.01).field
    tower = stack([(0, 0, 0.1, 0.2), (1, 0, 0.2, 0.1)], 2.0, 0.01).field
    points = np.array([[0.05, 0.05, 0.0], [2.0, 0.0, 0.0]])
    for field in (rod, ball, tower):
        assert (np.sign(field(points)) == [-1, 1]).all()
    np.testing.assert_allclose(rod(np.array([[0.5, 0.3, 0.0], [-0.5, 0.0, 0.0]])), [0.2, 0.4])
    np.testing.assert_allclose(ball(np.array([[0.0, 0.2, 0.0], [0.0, 0.0, -0.3]])), 0, atol=1e-9)


def test_a_union_is_no_smaller_than_its_parts() -> None:
    """Where a part is inside so is the union, and only near both parts is there more."""
    parts = [ellipsoid((x, 0, 0), (0.1, 0.1, 0.1), 0.05) for x in (-0.1, 0.1)]
    points = np.random.default_rng(0).uniform(-0.25, 0.25, (500, 3))
    lower = np.minimum(parts[0].field(points), parts[1].field(points))
    whole = union(parts)(points)
    assert ((whole < 0) >= (lower < 0)).all()
    assert (lower[whole < 0] < 0.0126).all()


def test_smooth_min_is_the_minimum_away_from_the_seam() -> None:
    """Values further apart than the width keep their minimum; equal values sink by a quarter of it."""
    np.testing.assert_allclose(smooth_min(np.array([0.0, 1.0]), np.array([0.5, 1.0]), 0.2), [0.0, 0.95])


def test_curves_pass_their_points_without_overshoot() -> None:
    """The curve meets its values and stays between neighbours."""
    places, values = np.array([0.0, 1.0, 1.5, 3.0]), np.array([0.0, 2.0, 2.0, 1.0])
    np.testing.assert_allclose(smooth_curve(places, places, values), values, atol=1e-12)
    between = smooth_curve(np.linspace(0, 3, 200), places, values)
    assert between.min() >= -1e-9 and between.max() <= 2 + 1e-9


def test_gradient_points_away_from_a_ball() -> None:
    """Outside a ball the field grows straight outwards, one metre a metre."""
    ball = ellipsoid((0, 0, 0), (0.1, 0.1, 0.1), 0.01).field
    np.testing.assert_allclose(gradient(ball, np.array([[0.0, 0.0, 0.2]])), [[0, 0, 1]], atol=1e-3)

import numpy as np

from solami.body.gestures.gait import footing, min_jerk, smooth
from solami.body.gestures.pose import Step

TIME = np.arange(90) / 30


def test_minimum_jerk_starts_and_ends_at_rest() -> None:
    """It runs from 0 to 1, is symmetric, and is flat at both ends."""
    u = np.linspace(0, 1, 101)
    s = min_jerk(u)
    assert s[0] == 0 and s[-1] == 1 and (np.diff(s) >= 0).all()
    np.testing.assert_allclose(s + s[::-1], 1)
    assert s[1] < 1e-4


def test_feet_land_where_planned() -> None:
    """Each foot stays, swings, and stays on its new place; the pelvis ends between them."""
    steps = (Step("left", 0.5, 1.0, 0.1, 0.5, 0.2), Step("right", 1.1, 1.6, 0.1, 0.5, 0.2))
    base = footing(TIME, steps)
    np.testing.assert_allclose(base.feet["left"][:15], 0)
    np.testing.assert_allclose(base.feet["left"][30:], [[0.1, 0.5, 0.2]] * 60)
    np.testing.assert_allclose(base.body[-1], [0.1, 0.5, 0.2], atol=1e-3)
    assert base.lift["left"].max() > 0.06 and (base.lift["left"][30:] == 0).all()
    assert base.spread.max() > 0.3


def test_smoothing_keeps_what_is_level() -> None:
    """Constants stay, a step becomes a slope."""
    values = np.concatenate([np.zeros((45, 1)), np.ones((45, 1))])
    soft = smooth(values, TIME, 0.1)
    assert abs(soft[0, 0]) < 1e-6 and abs(soft[-1, 0] - 1) < 1e-6 and 0.3 < soft[44, 0] < 0.6
    np.testing.assert_array_equal(smooth(np.ones((9, 2)), TIME[:9], 0.1), np.ones((9, 2)))

import numpy as np
import pytest

from solami.body.procedural import idle, wave
from solami.body.timing import cut
from solami.evaluation.actions import motion_features, window_features
from solami.evaluation.motion_quality import MotionSpace, diversity, fid, kid, quality_measures, windows_of

RNG = np.random.default_rng(0)


def test_windows_have_the_features_of_their_pieces() -> None:
    """Window by window the same numbers as cutting first; too short a motion has none."""
    motion = wave(3.2, seed=1)
    rows = window_features(motion, 60, 15)
    assert len(rows) == 3
    np.testing.assert_allclose(rows[2], motion_features(cut(motion, 30, 90)), atol=1e-9)
    assert windows_of([wave(1.0)]) == []


def test_frechet_distance_of_shifted_clouds_is_the_shift_squared() -> None:
    """Equal clouds are at 0, a shift by 3 at 9, a doubled spread at the sum of squared differences of spreads."""
    cloud = RNG.normal(size=(4000, 2))
    assert fid(cloud, cloud) == pytest.approx(0, abs=1e-6)
    assert fid(cloud + np.array([3.0, 0.0]), cloud) == pytest.approx(9, abs=1e-6)
    assert fid(2 * cloud, cloud) == pytest.approx(cloud.var(axis=0).sum() + ((cloud.mean(axis=0)) ** 2).sum(), rel=0.01)


def test_kernel_distance_is_unbiased() -> None:
    """Two draws of one cloud are at about 0 however few; another cloud is far off."""
    draws = [kid(RNG.normal(size=(20, 4)), RNG.normal(size=(20, 4))) for _ in range(200)]
    assert abs(float(np.mean(draws))) < 0.05
    assert kid(RNG.normal(size=(50, 4)) + 2, RNG.normal(size=(50, 4))) > 1


def test_the_space_has_at_most_32_axes_of_unit_spread() -> None:
    """Each axis spreads by one over what the space was learned from; constant features are no axes."""
    features = np.concatenate([RNG.normal(size=(300, 50)), np.ones((300, 3))], axis=1)
    shown = MotionSpace.learned(features)(features)
    assert shown.shape == (300, 32)
    np.testing.assert_allclose(shown.std(axis=0), 1, atol=0.05)
    assert MotionSpace.learned(features[:, [0, 50]]).axes.shape == (2, 1)


def test_real_motion_is_nearer_to_real_motion_than_a_frozen_body_is() -> None:
    """Waves against waves are near the floor; a body that hardly moves is far off and less diverse."""
    groups = [windows_of([wave(3.0, seed=first + i) for i in range(12)]) for first in (0, 20, 40)]
    frozen = windows_of([idle(3.0, seed=i) for i in range(6)])
    rows = {(r.name, r.source): r for r in quality_measures(frozen, groups[0], groups[1], groups[2])}
    for name in ("fid", "kid"):
        assert rows[name, "replies"].value > 2 * rows[name, "retrieval"].value
    assert rows["fid", "retrieval"].baseline is not None
    assert rows["diversity", "replies"].value < rows["diversity", "retrieval"].value
    assert diversity([np.ones((5, 3))]) == 0

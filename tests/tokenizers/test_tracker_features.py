"""Tracker features."""

import numpy as np

from solami.body.geometry import multiply, rotate, yaw_quaternion
from solami.body.procedural import wave
from solami.tokenizers.tracker_features import TRACKER_DIM, TrackerFeatures
from solami.training.three_points_data import joint_poses

SEEN = np.ones((1, 60, 3), np.bool_)


def test_streaming_equals_whole() -> None:
    """Features do not depend on how the frames were cut, dropouts included."""
    places, turns = (a[None] for a in joint_poses(wave(2.0)))
    valid = SEEN & (np.random.default_rng(0).random((1, 60, 3)) > 0.3)
    whole = TrackerFeatures().push(places, turns, valid)
    stream = TrackerFeatures()
    parts = [stream.push(places[:, s], turns[:, s], valid[:, s]) for s in (slice(0, 7), slice(7, 8), slice(8, 60))]
    np.testing.assert_array_equal(np.concatenate([p.features for p in parts], axis=1), whole.features)
    np.testing.assert_array_equal(np.concatenate([p.hands for p in parts], axis=1), whole.hands)
    assert whole.features.shape == (1, 60, TRACKER_DIM)


def test_where_one_stands_and_looks_does_not_matter() -> None:
    """The features of a person turned and moved over the floor are the same."""
    places, turns = (a[None] for a in joint_poses(wave(2.0)))
    turn = yaw_quaternion(np.array(2.1))
    moved = rotate(turn, places) + np.array([3.0, 0, -2.0])
    a = TrackerFeatures().push(places, turns, SEEN)
    b = TrackerFeatures().push(moved, multiply(turn, turns), SEEN)
    np.testing.assert_allclose(a.features, b.features, atol=1e-5)


def test_a_lost_hand_is_held_as_seen_from_the_head() -> None:
    """While a controller is not seen its features stand still, whatever it says, and the flag falls."""
    places, turns = (a[None].copy() for a in joint_poses(wave(2.0)))
    valid = SEEN.copy()
    valid[:, 20:, 1] = False
    places[:, 20:, 1] = 99.0
    frames = TrackerFeatures().push(places, turns, valid)
    left = frames.features[0, 20:, 12:25]
    assert (left[:, :9] == frames.features[0, 19, 12:21]).all()
    assert not left[:, 9:].any()
    assert np.abs(frames.hands).max() < 3

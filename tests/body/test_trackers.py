"""Three points of a user, as values."""

import numpy as np

from solami.body.procedural import wave
from solami.body.trackers import TrackerChunk, from_openxr, guess_axes, to_openxr, tracker_chunk
from solami.training.three_points_data import joint_poses


def trackers(seconds: float = 1.0) -> TrackerChunk:
    """Perfect trackers of a procedural wave, at 30 Hz."""
    places, turns = joint_poses(wave(seconds))
    return tracker_chunk(places, turns, np.arange(len(places)) / 30, np.ones((len(places), 3), np.bool_))


def test_openxr_is_undone_and_told_apart() -> None:
    """View and grip poses become joint poses, and the two kinds of axes are told apart."""
    chunk = trackers()
    devices = to_openxr(chunk)
    assert (guess_axes(chunk), guess_axes(devices)) == ("joints", "openxr")
    np.testing.assert_allclose(from_openxr(devices).positions, chunk.positions, atol=1e-6)


def test_what_was_not_seen_may_be_nan() -> None:
    """NaN of an untracked controller is no error and becomes zero."""
    chunk = trackers()
    positions, valid = chunk.positions.copy(), chunk.valid.copy()
    positions[5, 1], valid[5, 1] = np.nan, False
    assert not tracker_chunk(positions, chunk.rotations, chunk.times, valid).positions[5, 1].any()

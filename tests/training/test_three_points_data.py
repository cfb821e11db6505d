"""Simulated trackers."""

import numpy as np

from solami.body.kinematics import forward_kinematics
from solami.body.procedural import idle, wave
from solami.skeleton import INDEX
from solami.training.three_points_data import Faults, TrackerWindows, joint_poses, seated, simulate, tracked

NO_FAULTS = Faults(jitter_s=0, mount_m=0, mount_deg=0, noise_m=0, noise_deg=0, dropouts_per_minute=0, size_error=0)


def test_without_faults_devices_tell_the_truth() -> None:
    """Samples lie on the joints' paths, in the taller user's metres."""
    motion = wave(2.0)
    trackers = simulate(motion, 1.1, NO_FAULTS, np.random.default_rng(0))
    places, _ = joint_poses(motion)
    at = trackers.times * 30
    expected = np.stack([np.interp(at, np.arange(len(places)), places[:, 1, axis]) for axis in range(3)], axis=-1)
    np.testing.assert_allclose(trackers.positions[:, 1], 1.1 * expected, atol=1e-5)
    assert trackers.valid.all()


def test_faults_are_there_and_bounded() -> None:
    """Dropouts, jitter and mounts show, and the head is never lost."""
    faults = Faults(dropouts_per_minute=60.0)
    trackers = simulate(idle(20.0), 1.0, faults, np.random.default_rng(0))
    places, _ = joint_poses(idle(20.0))
    assert 0.05 < 1 - trackers.valid[:, 1:].mean() < 0.8
    assert trackers.valid[:, 0].all()
    assert np.diff(trackers.times).std() > 1e-3
    seen = trackers.valid[:, 0]
    assert 0 < np.linalg.norm(trackers.positions[seen, 0].mean(0) - places[:, 0].mean(0)) < 0.1


def test_windows_have_their_truth() -> None:
    """Without faults a window's trackers are the joints of its own poses."""
    windows = TrackerWindows([tracked(wave(3.0)), tracked(idle(3.0))], 30, NO_FAULTS)
    window = windows.draw(4, np.random.default_rng(0))
    assert window.places.shape == (4, 30, 3, 3)
    np.testing.assert_allclose(window.places[:, :, 0], window.joints[:, :, INDEX["head"]], atol=1e-5)


def test_seated_people_sit() -> None:
    """The knees come up to the hips' height and the pelvis down to a chair's, the upper body as before."""
    motion = wave(1.0)
    sitting = seated(motion, np.random.default_rng(0))
    _, joints = forward_kinematics(sitting.rotations.astype(np.float64), sitting.translation.astype(np.float64), 22)
    assert np.abs(joints[:, INDEX["left_knee"], 1] - joints[:, INDEX["left_hip"], 1]).max() < 0.15
    assert (joints[:, 0, 1] < 0.6).all()
    np.testing.assert_array_equal(sitting.rotations[:, INDEX["head"]], motion.rotations[:, INDEX["head"]])

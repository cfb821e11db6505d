"""Three points of a user, as files."""

from pathlib import Path

import numpy as np
import pytest

from solami.body.procedural import wave
from solami.body.tracker_files import is_tracker_file, read_trackers, write_trackers
from solami.body.trackers import (
    TrackerChunk,
    to_openxr,
    tracker_chunk,
)
from solami.errors import InputError
from solami.training.three_points_data import joint_poses


def trackers(seconds: float = 1.0) -> TrackerChunk:
    """Perfect trackers of a procedural wave, at 30 Hz."""
    places, turns = joint_poses(wave(seconds))
    return tracker_chunk(places, turns, np.arange(len(places)) / 30, np.ones((len(places), 3), np.bool_))


def save(path: Path, **changed: np.ndarray | None) -> Path:
    """A tracker file with some keys replaced, or left out where None."""
    chunk = trackers()
    poses = np.concatenate([chunk.positions, chunk.rotations], axis=-1)
    arrays = {"head": poses[:, 0], "left": poses[:, 1], "right": poses[:, 2], "t": chunk.times, "valid": chunk.valid}
    np.savez(path, **{k: v for k, v in (arrays | changed).items() if v is not None})
    return path


def test_fingers_are_kept_in_files(tmp_path: Path) -> None:
    """Fingers come back from a file, and only ones that fit the samples are taken."""
    fingers = np.zeros((30, 30, 4), np.float32)
    fingers[:, 3] = [0.0, 0.6, 0.0, 0.8]
    chunk = tracker_chunk(*(getattr(trackers(), n) for n in ("positions", "rotations", "times", "valid")), fingers)
    write_trackers(tmp_path / "a.npz", chunk)
    read = read_trackers(tmp_path / "a.npz").fingers
    assert read is not None
    np.testing.assert_array_equal(read, fingers)
    for wrong in (fingers[:4], fingers * 3):
        with pytest.raises(InputError, match="fingers"):
            read_trackers(save(tmp_path / "b.npz", fingers=wrong))


def test_file_roundtrip(tmp_path: Path) -> None:
    """What is written comes back, and is recognised as three points."""
    chunk = trackers()
    write_trackers(tmp_path / "a.npz", chunk)
    back = read_trackers(tmp_path / "a.npz")
    assert is_tracker_file(tmp_path / "a.npz")
    np.testing.assert_array_equal(back.positions, chunk.positions)
    np.testing.assert_array_equal(back.valid, chunk.valid)


def test_valid_may_be_absent(tmp_path: Path) -> None:
    """A file without `valid` says that everything was seen."""
    assert read_trackers(save(tmp_path / "a.npz", valid=None)).valid.all()


def test_openxr_is_told_apart(tmp_path: Path) -> None:
    """A file of view and grip poses comes back as joint poses, though it does not say so."""
    chunk = trackers()
    devices = to_openxr(chunk)
    poses = np.concatenate([devices.positions, devices.rotations], axis=-1)
    path = save(tmp_path / "a.npz", head=poses[:, 0], left=poses[:, 1], right=poses[:, 2])
    np.testing.assert_allclose(read_trackers(path).positions, chunk.positions, atol=1e-5)


@pytest.mark.parametrize(
    "changed",
    [
        {"left": None},
        {"t": None},
        {"head": np.zeros((30, 6), np.float32)},
        {"valid": np.ones((30, 2), np.bool_)},
        {"t": np.zeros(30)},
        {"t": np.arange(29) / 30},
        {"right": np.full((30, 7), np.nan)},
        {"right": np.zeros((30, 7))},
        {"head": np.full((30, 7), "x")},
        {"axes": np.array("unity")},
    ],
)
def test_unusable_files_are_refused(tmp_path: Path, changed: dict[str, np.ndarray | None]) -> None:
    """A missing key, a wrong shape, standing time, NaN, a zero quaternion or unknown axes are named."""
    path = save(tmp_path / "a.npz", **changed)
    with pytest.raises(InputError, match=r"a\.npz"):
        read_trackers(path)


def test_no_archive_is_refused(tmp_path: Path) -> None:
    """A file that is no npz is refused and is not taken for three points."""
    path = tmp_path / "a.npz"
    path.write_bytes(b"nothing")
    assert not is_tracker_file(path)
    with pytest.raises(InputError):
        read_trackers(path)

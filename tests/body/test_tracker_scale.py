"""How tall a user is, from the trackers alone."""

import numpy as np
import pytest

from solami.body.procedural import idle
from solami.body.tracker_scale import HEAD_M, UserScale
from solami.body.trackers import TrackerChunk, tracker_chunk
from solami.errors import InputError
from solami.frames import MotionChunk
from solami.skeleton import PELVIS_HEIGHT_M
from solami.training.three_points_data import joint_poses


def of(motion: MotionChunk, height: float) -> TrackerChunk:
    """Perfect trackers of a person `height` times as tall as the skeleton."""
    places, turns = joint_poses(motion)
    times = np.arange(len(places)) / 30
    return tracker_chunk(height * places, turns, times, np.ones((len(places), 3), np.bool_))


def t_pose(frames: int, pelvis_m: float = PELVIS_HEIGHT_M) -> MotionChunk:
    """Arms stretched sideways."""
    rotations = np.zeros((frames, 55, 4), np.float32)
    rotations[..., 3] = 1
    return MotionChunk(rotations, np.tile(np.array([0, pelvis_m, 0], np.float32), (frames, 1)))


@pytest.mark.parametrize("height", [0.8, 1.0, 1.2])
def test_standing_tells_the_height(height: float) -> None:
    """A standing person's scale is found without a calibration."""
    assert UserScale().push(of(idle(1.0), height))[-1] * height == pytest.approx(1.0, abs=0.03)


@pytest.mark.parametrize("height", [0.55, 0.9, 1.2])
@pytest.mark.parametrize("pelvis_m", [PELVIS_HEIGHT_M, 0.5])
def test_one_t_pose_tells_the_height(height: float, pelvis_m: float) -> None:
    """A T-pose tells the scale of anyone, a child or seated too, by itself or by `calibrate`."""
    trackers = of(t_pose(400, pelvis_m), height)
    assert UserScale().push(trackers)[-1] * height == pytest.approx(1.0, abs=0.01)
    told = UserScale()
    told.calibrate(trackers.cut(0, 5))
    assert told.push(trackers.cut(5, 6))[0] * height == pytest.approx(1.0, abs=0.01)


def test_seated_without_calibration_is_average() -> None:
    """Someone who never stands is taken for as tall as the skeleton."""
    sitting = idle(1.0)
    low = MotionChunk(sitting.rotations, (sitting.translation - np.array([0, 0.45, 0])).astype(np.float32))
    assert UserScale().push(of(low, 1.0))[-1] == 1.0


def test_standing_up_grows_slowly() -> None:
    """The scale moves by less than half a percent a frame when a seated person rises."""
    heights = np.concatenate([np.full(30, 1.15), np.full(200, 1.8)])
    positions = np.zeros((230, 3, 3))
    positions[:, 0, 1] = heights
    seen = np.tile(np.array([True, False, False]), (230, 1))
    still = np.tile(np.array([0.0, 0, 0, 1]), (230, 3, 1))
    scale = UserScale().push(tracker_chunk(positions, still, np.arange(230) / 30, seen))
    assert np.abs(np.diff(np.log(scale))).max() < 0.005
    assert scale[-1] == pytest.approx(HEAD_M / 1.8, abs=1e-6)


def test_given_height_wins_and_is_checked() -> None:
    """A stated height is used as it is; 17 metres are refused, and so is a calibration without a T-pose."""
    assert UserScale(1.743).push(of(idle(0.2), 0.7))[-1] == pytest.approx(1.0, abs=1e-6)
    with pytest.raises(InputError, match="17"):
        UserScale(17.0)
    with pytest.raises(InputError, match="T-pose"):
        UserScale().calibrate(of(idle(0.2), 1.0))

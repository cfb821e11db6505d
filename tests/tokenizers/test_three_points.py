"""A body from headset and two controllers."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from solami import skeleton
from solami.body.procedural import wave
from solami.body.trackers import TrackerChunk, tracker_chunk
from solami.errors import ConfigError, InputError
from solami.frames import MotionChunk
from solami.tokenizers.modules.three_points_net import ThreePointsNetConfig
from solami.tokenizers.three_points import ThreePointModel, ThreePointsConfig
from solami.tokenizers.three_points_body import INFERRED, MEASURED, MISSING
from solami.training.three_points_data import Faults, joint_poses, simulate

SMALL = ThreePointsConfig(net=ThreePointsNetConfig(read_width=8, state_width=8))
WRIST = skeleton.INDEX["left_wrist"]


@pytest.fixture
def model() -> ThreePointModel:
    """Small random weights."""
    torch.manual_seed(0)
    return ThreePointModel.fresh(SMALL)


def trackers(height: float = 1.0, seconds: float = 2.0, **faults: float) -> TrackerChunk:
    """Devices of a waving person at 72 Hz."""
    return simulate(wave(seconds), height, Faults(**faults), np.random.default_rng(0))


def exact(height: float = 1.0) -> tuple[TrackerChunk, MotionChunk]:
    """Perfect trackers at 30 Hz and the motion they are of."""
    motion = wave(2.0)
    places, turns = joint_poses(motion)
    seen = np.ones((len(places), 3), np.bool_)
    return tracker_chunk(height * places, turns, np.arange(len(places)) / 30, seen), motion


def test_streaming_equals_whole(model: ThreePointModel) -> None:
    """Poses and flags do not depend on how the samples were cut."""
    chunk = trackers(dropouts_per_minute=60.0)
    whole = model.solve(chunk)
    solver = model.solver()
    parts = [solver.push(chunk.cut(i, i + 7)) for i in range(0, chunk.count, 7)]
    rotations = np.concatenate([p.motion.rotations for p in parts])
    np.testing.assert_allclose(rotations, whole.motion.rotations, atol=1e-5)
    np.testing.assert_allclose(
        np.concatenate([p.motion.translation for p in parts]), whole.motion.translation, atol=1e-5
    )
    np.testing.assert_array_equal(np.concatenate([p.flags for p in parts]), whole.flags)


@pytest.mark.parametrize("height", [0.75, 1.0, 1.2])
def test_head_and_hands_are_where_they_were_measured(model: ThreePointModel, height: float) -> None:
    """Even around a random network, of a user of any stated height, head and wrists meet their trackers."""
    chunk, motion = exact(height)
    solved = model.solve(chunk, height_m=1.743 * height).motion
    places, turns = joint_poses(solved)
    truth, true_turns = joint_poses(motion)
    assert np.linalg.norm(places[:, 0] - truth[:, 0], axis=-1).max() < 1e-3
    assert np.median(np.linalg.norm(places[:, 1:] - truth[:, 1:], axis=-1)) < 2e-3
    assert np.abs((turns * true_turns).sum(-1)).min() > 0.9999


def test_flags_say_what_was_measured(model: ThreePointModel) -> None:
    """Legs are inferred, fingers and face missing, and a lost hand is no longer measured."""
    chunk, _ = exact()
    valid = chunk.valid.copy()
    valid[20:40, 1] = False
    flags = model.solve(tracker_chunk(chunk.positions, chunk.rotations, chunk.times, valid)).flags
    assert (flags[:, skeleton.INDEX["head"]] == MEASURED).all()
    assert (flags[:, [skeleton.INDEX["left_knee"], 0, skeleton.INDEX["left_elbow"]]] == INFERRED).all()
    assert (flags[:, skeleton.NUM_BODY_JOINTS :] == MISSING).all()
    assert (flags[20:40, WRIST] == INFERRED).all()
    assert (flags[:20, WRIST] == MEASURED).all()


def test_fingers_that_were_seen_are_taken(model: ThreePointModel) -> None:
    """A seen hand's fingers are the measured ones and flagged so; the other hand's are relaxed and missing."""
    chunk = trackers()
    fingers = np.zeros((chunk.count, 30, 4), np.float32)
    fingers[:, 15:] = [0.6, 0.0, 0.0, 0.8]
    body = model.solve(replace(chunk, fingers=fingers))
    plain = model.solve(chunk)
    np.testing.assert_allclose(body.motion.rotations[:, 40:], fingers[: len(body.flags), 15:], atol=1e-6)
    np.testing.assert_array_equal(body.motion.rotations[:, :40], plain.motion.rotations[:, :40])
    assert (body.flags[:, 40:] == 0).all() and (body.flags[:, 25:40] == 2).all()


def test_a_lost_hand_does_not_jump(model: ThreePointModel) -> None:
    """Where a controller is lost and found the wrist moves no faster than the fade allows."""
    chunk, _ = exact()
    valid = chunk.valid.copy()
    valid[20:40, 1] = False
    solved = model.solve(tracker_chunk(chunk.positions, chunk.rotations, chunk.times, valid)).motion
    assert np.linalg.norm(np.diff(joint_poses(solved)[0][:, 1], axis=0), axis=-1).max() < 0.2


def test_everything_lost_still_gives_a_body(model: ThreePointModel) -> None:
    """Without a single valid sample the poses are finite and nothing is called measured."""
    chunk, _ = exact()
    nothing = tracker_chunk(np.full_like(chunk.positions, np.nan), chunk.rotations, chunk.times, chunk.valid & False)
    solved = model.solve(nothing)
    assert np.isfinite(solved.motion.rotations).all()
    assert (solved.flags != MEASURED).all()


def test_nan_and_wrong_shapes_are_refused() -> None:
    """NaN in a valid sample and arrays of other shapes are input errors."""
    chunk, _ = exact()
    broken = chunk.positions.copy()
    broken[3, 2, 1] = np.nan
    with pytest.raises(InputError, match="right at sample 3"):
        tracker_chunk(broken, chunk.rotations, chunk.times, chunk.valid)
    with pytest.raises(InputError, match="expected"):
        TrackerChunk(chunk.positions[:, :2], chunk.rotations, chunk.times, chunk.valid)


def test_save_and_load(model: ThreePointModel, tmp_path: Path) -> None:
    """A saved model gives the same poses to float16's precision; a folder without one is refused."""
    model.save(tmp_path)
    chunk = trackers()
    again = ThreePointModel.load(tmp_path)
    np.testing.assert_allclose(again.solve(chunk).motion.rotations, model.solve(chunk).motion.rotations, atol=2e-2)
    with pytest.raises(ConfigError, match="no three-point model"):
        ThreePointModel.load(tmp_path / "absent")

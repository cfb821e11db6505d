"""The user's body from three points."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from solami.body.procedural import wave
from solami.body.trackers import TrackerChunk, tracker_chunk
from solami.errors import ProtocolError
from solami.frames import MotionChunk
from solami.stream_server.outputs import Output, UserBody
from solami.stream_server.settings import SessionSettings
from solami.stream_server.solving import Solving
from solami.stream_server.vrm import pack_poses
from solami.training.three_points_data import joint_poses


def trackers() -> TrackerChunk:
    """Six samples."""
    places, turns = joint_poses(wave(0.2))
    return tracker_chunk(places, turns, np.arange(len(places)) / 30, np.ones((len(places), 3), np.bool_))


def build(solved: MotionChunk | None, mirror: bool) -> tuple[Solving, list[Output]]:
    """A session whose model makes this of any trackers."""
    told: list[Output] = []
    conversation = SimpleNamespace(solve=lambda given: solved)
    dialogue: Any = SimpleNamespace(opened=lambda: conversation, settings=SessionSettings(mirror=mirror))
    return Solving(dialogue, told.append), told


def test_a_mirror_shows_what_was_made() -> None:
    """Whoever asked sees every pose, one chunk behind the other on the clock of output samples; others see none."""
    poses = wave(0.2)
    solving, told = build(poses, mirror=True)
    assert solving.body(trackers()) is poses
    solving.body(trackers())
    assert told == [UserBody(pack_poses(poses), 0), UserBody(pack_poses(poses), 4800)]
    blind, untold = build(poses, mirror=False)
    assert blind.body(trackers()) is poses
    assert untold == []


def test_a_model_that_makes_no_body_says_so() -> None:
    """The client learns that it must send a full body."""
    with pytest.raises(ProtocolError, match="send a full body"):
        build(None, mirror=True)[0].body(trackers())

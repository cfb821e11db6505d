"""A character that is interrupted, over a real socket."""

import asyncio

import pytest

from solami.body.procedural import wave
from solami.client.client import UserInput
from solami.evaluation import barge_in
from solami.evaluation.barge_in import BargeIn, barge_ins_of, time_barge_in
from solami.frames import MotionChunk
from solami.stream_server.app import create_app
from solami.stream_server.backend import Backend
from solami.stream_server.config import ServerConfig
from solami.stream_server.scripted import ScriptedBackend, ScriptedConversation
from solami.stream_server.serving import background_server

BODY = wave(0.5)
USER = UserInput(None, BODY)


class StillConversation(ScriptedConversation):
    """Has nothing to show between replies."""

    def idle(self, *, listening: bool, paused: bool) -> MotionChunk:
        return MotionChunk(BODY.rotations[:0], BODY.translation[:0], BODY.fps)


def interrupted(backend: Backend) -> list[BargeIn]:
    config = ServerConfig()
    with background_server(create_app(backend, config), config) as url:
        return asyncio.run(time_barge_in(url, USER, 2))


def test_a_barge_in_ends_in_a_listening_pose() -> None:
    """The sound of each reply ends first, then the body listens."""
    found = interrupted(ScriptedBackend(beats=200, beat_delay_s=0.01))
    assert len(found) == 2
    assert all(each.listening_ms is not None and 0 < each.silence_ms <= each.listening_ms for each in found)


def test_without_idle_motion_there_is_no_listening_pose(monkeypatch: pytest.MonkeyPatch) -> None:
    """A backend that does not idle has a time to silence alone."""
    monkeypatch.setattr(barge_in, "LISTENING_WAIT_S", 0.5)
    backend = ScriptedBackend()
    backend.open = lambda persona, seed: StillConversation(seed, 200, 0.01)  # type: ignore[method-assign]
    found = interrupted(backend)
    assert [each.listening_ms for each in found] == [None, None] and min(each.silence_ms for each in found) > 0


def test_percentiles_are_of_those_that_listened() -> None:
    """Both times have their percentile; a missing pose is no zero."""
    row = barge_ins_of([BargeIn(10.0, 30.0), BargeIn(10.0, None)])
    assert row == {"barge_in_ms_p95": 10.0, "barge_in_to_listening_ms_p95": 30.0}
    assert barge_ins_of([BargeIn(10.0, None)])["barge_in_to_listening_ms_p95"] is None

"""A long conversation in a short test."""

import asyncio

import numpy as np
import pytest

from solami.client.client import UserInput
from solami.errors import ProtocolError
from solami.evaluation.soak import soak
from solami.frames import AudioChunk
from solami.stream_server.app import create_app
from solami.stream_server.config import ServerConfig
from solami.stream_server.scripted import ScriptedBackend
from solami.stream_server.serving import background_server

USER = UserInput(AudioChunk(np.zeros(1600, np.float32), 16_000))


def test_turns_follow_each_other_faster_than_life() -> None:
    """Every turn of one session gets its reply; memory is read after a ninth of them and at the end."""
    readings = iter([200 << 20, 205 << 20])
    config = ServerConfig()
    with background_server(create_app(ScriptedBackend(beats=20), config), config) as url:
        report = asyncio.run(soak(url, USER, 18, 0, lambda: next(readings)))
    assert (report["turns"], report["completed"], report["warm_after_turns"]) == (18, 18, 2)
    assert report["said_s"] == pytest.approx(18 * 8.0) and report["user_s"] == pytest.approx(1.8)
    assert report["memory_mb_warm"] == 200 and report["memory_growth"] == 0.025


def test_a_broken_conversation_is_an_error() -> None:
    """Without input there is no turn to measure."""
    config = ServerConfig()
    with (
        background_server(create_app(ScriptedBackend(), config), config) as url,
        pytest.raises(ProtocolError, match="no user turn"),
    ):
        asyncio.run(soak(url, UserInput(), 2, 0, lambda: 1))

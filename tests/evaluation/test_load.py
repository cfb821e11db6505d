"""Real-time clients against a server without a model."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import ExitStack

import numpy as np
import pytest

from solami.body.procedural import wave
from solami.client.client import UserInput
from solami.errors import ProtocolError
from solami.evaluation.load import LoadPlan, have_session, have_sessions
from solami.evaluation.load_rows import row_of
from solami.frames import AudioChunk
from solami.stream_server.app import create_app
from solami.stream_server.config import ServerConfig
from solami.stream_server.scripted import ScriptedBackend
from solami.stream_server.serving import background_server

USER = UserInput(AudioChunk(np.zeros(6400, np.float32), 16_000), wave(0.4))


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def serve(stack: ExitStack, backend: ScriptedBackend, **config: object) -> str:
    settings = ServerConfig.model_validate(config)
    return stack.enter_context(background_server(create_app(backend, settings), settings))


def test_sessions_are_served_or_refused(stack: ExitStack) -> None:
    """Every turn of the sessions that fit gets its reply, and those that do not fit are counted as refused."""
    url = serve(stack, ScriptedBackend(beats=2), max_sessions=2)
    tally = asyncio.run(have_sessions(url, [USER] * 3, LoadPlan(turns=2), spread_s=0.0))
    row = row_of(3, tally)
    assert (row["refused"], row["failed"], row["replies"], row["silent_replies"]) == (1, 0, 4, 0)
    assert row["first_audio_ms_p95"] >= row["first_audio_ms_p50"] > 0 and row["first_motion_ms_p95"] > 0
    assert row["motion_after_audio"] == 0 and row["av_skew_ms_p95"] < 34 and row["rtf"] > 0
    assert all(reply.done is not None and reply.done["audio_samples"] == 19_200 for reply in tally.replies)


def test_a_server_that_is_too_slow_lets_clients_run_dry(stack: ExitStack) -> None:
    """Beats of 0.4 s that take 0.7 s to make leave a gap before every one of them but the first."""
    url = serve(stack, ScriptedBackend(beats=3, beat_delay_s=0.7))
    tally = asyncio.run(have_sessions(url, [USER], LoadPlan(turns=1, buffer_s=0.05), spread_s=0.0))
    assert row_of(1, tally)["underruns"] == 2


def test_users_speak_into_the_end_of_replies(stack: ExitStack) -> None:
    """The second turn begins when half a user's turn of the first reply is left to hear."""
    url = serve(stack, ScriptedBackend(beats=5))
    first, second = asyncio.run(have_session(url, USER, LoadPlan(turns=2)))
    assert first.done is not None and not first.player.is_over(second.committed_s - 0.4)
    assert first.player.left_s(second.committed_s - 0.4) == pytest.approx(0.2, abs=0.1)
    assert second.player.is_over(time.perf_counter())


def test_a_session_that_breaks_is_counted(stack: ExitStack) -> None:
    """An error from the server fails that session alone."""
    url = serve(stack, ScriptedBackend(beats=1))
    silent = UserInput()  # a commit without input is an error
    with pytest.raises(ProtocolError):
        asyncio.run(have_session(url, silent, LoadPlan(turns=1)))
    tally = asyncio.run(have_sessions(url, [silent, USER], LoadPlan(turns=1), spread_s=0.0))
    assert (tally.failed, len(tally.replies)) == (1, 1)

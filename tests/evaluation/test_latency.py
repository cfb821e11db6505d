import asyncio
from collections.abc import Iterator

import pytest

from solami.body.procedural import wave
from solami.client.client import UserInput
from solami.errors import SolamiError
from solami.evaluation.latency import (
    late_turns_against_early,
    percentile,
    rules_of,
    stages_of,
    streaming_against_whole,
    time_turns,
    waits_of,
)
from solami.frames import OutputChunk
from solami.stream_server.app import create_app
from solami.stream_server.config import ServerConfig
from solami.stream_server.scripted import ScriptedBackend, ScriptedConversation
from solami.stream_server.serving import background_server

USER = UserInput(None, wave(0.5))


def test_every_turn_is_timed_by_the_server() -> None:
    """A timed turn carries the server's own latency and real-time factor."""
    config = ServerConfig()
    with background_server(create_app(ScriptedBackend(beats=20, beat_delay_s=0.01), config), config) as url:
        done = asyncio.run(time_turns(url, USER, 2, 0))
    assert [row["status"] for row in done] == ["completed", "completed"]
    assert all(row["response_latency_ms"] > 0 and row["rtf"] > 0 for row in done)


def test_streaming_is_sooner_than_waiting_for_the_whole() -> None:
    """With a reply of twenty slow beats the first sound comes long before the last."""
    backend = ScriptedBackend(beats=2, beat_delay_s=0.01)
    streamed_s, whole_s = streaming_against_whole(backend, "ada", USER)
    assert whole_s > 10.0 / 0.4 * 0.01 > streamed_s > 0
    assert late_turns_against_early(ScriptedBackend(beats=1), "ada", 20) > 0


def test_a_reply_that_cannot_be_forced_is_no_comparison() -> None:
    """A context too small for ten seconds is an error, not a smaller ratio."""

    class Short(ScriptedConversation):
        def reply(self, *, seed: int, **lengths: object) -> Iterator[OutputChunk]:
            return super().reply(seed=seed)

    backend = ScriptedBackend(beats=2)
    backend.open = lambda persona, seed: Short(seed, 2, 0.0)  # type: ignore[method-assign]
    with pytest.raises(SolamiError, match=r"has 0\.8 s, expected 10\.0 s"):
        streaming_against_whole(backend, "ada", USER)


def test_waits_are_told_with_what_is_missing() -> None:
    """Silent replies and bodies that move after the voice are counted beside the percentiles."""
    turns = [(100.0, 90.0, 80.0), (300.0, 90.0, 95.0), (None, None, 50.0)]
    names = ("response_latency_ms", "first_audio_ms", "first_motion_ms")
    found = waits_of([dict(zip(names, turn, strict=True)) for turn in turns])
    assert (found["response_latency_ms_p50"], found["silent_replies"], found["motion_after_audio"]) == (200.0, 1, 1)


def test_rules_that_fired_are_counted() -> None:
    """Each rule has the number of replies that it made cheaper; a server that tells of none has none."""
    assert rules_of([{"rules": ["held_hands", "small_lead"]}, {"rules": ["held_hands"]}, {}]) == {
        "held_hands": 2,
        "small_lead": 1,
    }


def test_stages_are_planned_and_spent() -> None:
    """Each stage of the budget has its plan and the percentiles of what turns spent."""
    turns = [{"budget": [{"stage": "send", "planned_ms": 10.0, "spent_ms": ms}]} for ms in (1.0, 2.0, 3.0)]
    assert stages_of(turns) == {"send": {"planned_ms": 10.0, "p50": 2.0, "p95": 2.9, "p99": 3.0}}


def test_percentiles_are_rounded() -> None:
    """A percentile is a number with one decimal."""
    assert percentile([1.0, 2.0, 4.06], 100) == 4.1

import asyncio

from solami.body.procedural import wave
from solami.client.client import UserInput
from solami.evaluation.latency import (
    late_turns_against_early,
    percentile,
    streaming_against_whole,
    time_barge_in,
    time_turns,
)
from solami.stream_server.app import create_app
from solami.stream_server.config import ServerConfig
from solami.stream_server.scripted import ScriptedBackend
from solami.stream_server.serving import background_server

USER = UserInput(None, wave(0.5))


def test_every_turn_is_timed_by_the_server() -> None:
    """A timed turn carries the server's own latency and real-time factor; a barge-in ends the reply."""
    config = ServerConfig()
    with background_server(create_app(ScriptedBackend(beats=20, beat_delay_s=0.01), config), config) as url:
        done = asyncio.run(time_turns(url, USER, 2, 0))
        spent_ms = asyncio.run(time_barge_in(url, USER, 1))
    assert [row["status"] for row in done] == ["completed", "completed"]
    assert all(row["response_latency_ms"] > 0 and row["rtf"] > 0 for row in done)
    assert len(spent_ms) == 1
    assert spent_ms[0] > 0


def test_streaming_is_sooner_than_waiting_for_the_whole() -> None:
    """With a reply of twenty slow beats the first sound comes long before the last."""
    backend = ScriptedBackend(beats=20, beat_delay_s=0.01)
    streamed_s, whole_s = streaming_against_whole(backend, "ada", USER)
    assert whole_s > streamed_s > 0
    assert late_turns_against_early(ScriptedBackend(beats=1), "ada", 20) > 0


def test_percentiles_are_rounded() -> None:
    """A percentile is a number with one decimal."""
    assert percentile([1.0, 2.0, 4.06], 100) == 4.1

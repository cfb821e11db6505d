"""What is said aloud to the shipped server: written down by its ear, answered behind those words."""

import asyncio
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from solami.audio.resample import resample
from solami.build import build_backend
from solami.client.client import UserInput, connect
from solami.client.recording import ReplyRecording, record_reply
from solami.commands.demo import DEMO_LINE, demo_speech
from solami.config import load_serve_config
from solami.evaluation.recognition import word_errors
from solami.frames import AudioChunk
from solami.stream_server.app import create_app
from solami.stream_server.serving import background_server

pytest.importorskip("moonshine_voice", reason="solami[ear] is not installed")
pytest.importorskip("espeakng_loader", reason="solami[data] is not installed")
SETTINGS: dict[str, Any] = {"turn_detection": None, "media": "binary", "seed": 3}
SETTINGS |= {"input_audio_format": {"rate": 16_000}}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The shipped server, on a port of its own; it may take its time on a busy machine."""
    config = load_serve_config("default", ["ear.timeout_s=60"])
    with background_server(create_app(build_backend(config), config.server), config.server) as url:
        yield url


@cache
def spoken() -> AudioChunk:
    audio = demo_speech()
    return AudioChunk(resample(audio.samples, audio.sample_rate, 16_000), 16_000)


async def say(url: str, audio: AudioChunk, pace: float) -> ReplyRecording:
    async with connect(url) as client:
        await client.update(**SETTINGS)
        await client.stream(UserInput(audio), pace=pace)
        return await record_reply(client, await client.commit(), timeout_s=120)


def test_what_is_said_aloud_is_heard(url: str) -> None:
    """The words come back, and the budget says how long the reply waited for them."""
    reply = asyncio.run(say(url, spoken(), 0))
    assert word_errors(DEMO_LINE, reply.heard).rate <= 0.2
    assert reply.said and len(reply.audio.samples)
    (ear,) = [row for row in reply.done["budget"] if row["stage"] == "ear"]
    assert ear["planned_ms"] > 0 and ear["spent_ms"] > 0


def test_a_spoken_turn_is_answered_alike_however_it_came(url: str) -> None:
    """At once or at ten times life's pace: the same words are heard and the same ids drawn."""
    replies = [asyncio.run(say(url, spoken(), pace)) for pace in (0, 10)]
    assert len({(reply.heard, reply.done["ids_sha256"]) for reply in replies}) == 1


def test_a_quiet_microphone_says_nothing(url: str) -> None:
    """Of a turn without a voice nothing is heard, and the character answers all the same."""
    reply = asyncio.run(say(url, AudioChunk(0 * spoken().samples, 16_000), 0))
    assert reply.heard == "" and reply.said

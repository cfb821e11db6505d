"""The server and a client over a real socket, with the real pipeline: scripted engine, weightless tokenizers."""

import asyncio
from collections.abc import Iterator

import numpy as np
import pytest

from solami.body.procedural import wave
from solami.build import build_backend
from solami.client.client import RealtimeClient, UserInput, connect
from solami.client.recording import ReplyRecording, record_reply
from solami.config import load_serve_config
from solami.frames import AudioChunk
from solami.stream_server.app import create_app
from solami.stream_server.serving import background_server

SETTINGS = {
    "media": "binary",
    "turn_detection": None,
    "input_audio_format": {"rate": 24000},
    "input_motion": {"fps": 30},
    "seed": 3,
}
SAMPLES = (0.1 * np.sin(np.arange(33_000) / 9)).astype(np.float32)
VOICE = UserInput(AudioChunk(SAMPLES, 24000), wave(1.1))


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """One server for all tests here."""
    config = load_serve_config("debug")
    with background_server(create_app(build_backend(config), config.server), config.server) as address:
        yield address


async def _ask(client: RealtimeClient, user: UserInput = VOICE) -> ReplyRecording:
    await client.stream(user, pace=0)
    return await record_reply(client, await client.commit(), timeout_s=60)


async def _turn(url: str, user: UserInput = VOICE, **settings: object) -> ReplyRecording:
    async with connect(url) as client:
        await client.update(**(SETTINGS | settings))
        return await _ask(client, user)


def test_a_turn(url: str) -> None:
    """Words, sound and as much motion as sound; poses come before the sound they belong to; the budget is filled in."""
    reply = asyncio.run(_turn(url))
    assert reply.done["status"] == "completed" and reply.said
    seconds = len(reply.audio.samples) / reply.audio.sample_rate
    assert reply.motion is not None and len(reply.motion.rotations) == round(30 * seconds) > 0
    motion_end = 0
    for kind, end in reply.order:
        motion_end = max(motion_end, end) if kind == "motion" else motion_end
        assert kind == "motion" or end <= motion_end
    spent = {row["stage"]: row["spent_ms"] for row in reply.done["budget"]}
    assert all(spent[stage] > 0 for stage in ("prefill", "first_clause", "first_beat", "send"))
    assert reply.done["usage"]["output_tokens"] > 0 and reply.done["response_latency_ms"] > 0


def test_chunking_does_not_change_the_reply(url: str) -> None:
    """The same input and seed give identical ids in other pieces and another interleaving."""

    async def uneven() -> ReplyRecording:
        async with connect(url) as client:
            await client.update(**SETTINGS)
            assert VOICE.motion is not None
            await client.send_motion(VOICE.motion)
            for part in np.split(SAMPLES, [1, 700, 5000, 20_001]):
                await client.send_audio(part)
            return await record_reply(client, await client.commit(), 60)

    first, second = asyncio.run(uneven()).done, asyncio.run(_turn(url)).done
    assert first["ids_sha256"] == second["ids_sha256"]


def test_a_second_turn_goes_on(url: str) -> None:
    """The same session answers again, and its body goes on from where it stood."""

    async def main() -> tuple[ReplyRecording, ReplyRecording]:
        async with connect(url) as client:
            await client.update(**SETTINGS)
            return await _ask(client), await _ask(client, UserInput(text="And now?"))

    first, second = asyncio.run(main())
    assert second.done["status"] == "completed" and second.done["id"] == "resp_2"
    assert first.motion is not None and second.motion is not None
    step = np.linalg.norm(second.motion.translation[0] - first.motion.translation[-1])
    assert step < 0.1


def test_cancel_and_go_on(url: str) -> None:
    """A reply cancelled at its first sound is cut from history, and the next turn is answered."""

    async def main() -> tuple[str, ReplyRecording]:
        async with connect(url) as client:
            await client.update(**SETTINGS)
            await client.stream(VOICE, pace=0)
            await client.commit()
            await client.wait_for("response.output_audio_transcript.delta")
            await client.send_event("response.cancel")
            status = (await client.wait_for("response.done"))["response"]["status"]
            return status, await _ask(client, UserInput(text="Go on."))

    status, reply = asyncio.run(main())
    assert status == "cancelled" and reply.done["status"] == "completed"


def test_every_session_has_its_slot(url: str) -> None:
    """As many sessions as the server admits talk at once, twice; slots are given back."""

    async def main() -> list[ReplyRecording]:
        return await asyncio.gather(*(_turn(url, UserInput(text=f"I am {n}"), input_motion=None) for n in range(4)))

    for _ in range(2):
        assert all(reply.done["status"] == "completed" for reply in asyncio.run(main()))

"""A server and clients over a real socket, with the scripted backend."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from solami.audio.wav import read_audio
from solami.body.procedural import wave
from solami.client.client import UserInput, connect
from solami.client.recording import ReplyRecording, record_reply
from solami.errors import ProtocolError
from solami.frames import AudioChunk, FloatArray
from solami.stream_server.app import create_app
from solami.stream_server.config import ServerConfig
from solami.stream_server.protocol import MediaFrame, MediaType, pack_media
from solami.stream_server.scripted import ScriptedBackend
from solami.stream_server.serving import background_server

SETTINGS = {
    "media": "binary",
    "turn_detection": None,
    "input_audio_format": {"rate": 16000},
    "input_motion": {"fps": 30},
    "seed": 3,
}
VOICE = UserInput(
    AudioChunk((0.1 * np.sin(np.arange(16000) / 9)).astype(np.float32), 16000),
    wave(1.0),
)

Serve = Callable[..., str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start servers that end with the test."""
    with ExitStack() as stack:

        def start(backend: ScriptedBackend, **config: object) -> str:
            settings = ServerConfig.model_validate(config)
            return stack.enter_context(background_server(create_app(backend, settings), settings))

        yield start


async def _turn(url: str, user: UserInput = VOICE, **settings: object) -> ReplyRecording:
    async with connect(url) as client:
        await client.update(**(SETTINGS | settings))
        await client.stream(user, pace=0)
        return await record_reply(client, await client.commit(), timeout_s=10)


def test_a_turn_comes_back_whole(serve: Serve) -> None:
    """Speech and poses go in; words, sound, poses, budget and latency come back."""
    reply = asyncio.run(_turn(serve(ScriptedBackend())))
    assert reply.done["status"] == "completed"
    assert reply.said == "I heard 1.00 seconds and saw 30 poses."
    assert (reply.heard, reply.saw) == ("a voice", "30 poses")
    assert len(reply.audio.samples) == 4 * 9600 == reply.done["audio_samples"]
    assert reply.motion is not None and len(reply.motion.rotations) == 48 == reply.done["motion_frames"]
    np.testing.assert_allclose(reply.motion.rotations, wave(1.6).rotations, atol=1e-6)
    assert {row["stage"] for row in reply.done["budget"]} >= {"endpoint", "prefill", "first_beat", "send"}
    assert reply.done["response_latency_ms"] >= reply.done["first_motion_ms"] > 0


def test_motion_never_trails_audio(serve: Serve) -> None:
    """When audio up to a sample has come, poses up to that sample have come before."""
    reply = asyncio.run(_turn(serve(ScriptedBackend())))
    motion_end = 0
    for kind, end in reply.order:
        motion_end = max(motion_end, end) if kind == "motion" else motion_end
        assert kind == "motion" or end <= motion_end


def test_chunking_does_not_change_the_reply(serve: Serve) -> None:
    """The same input and seed give identical ids at either pace and chunking, at 24 kHz through the resampler too."""
    url = serve(ScriptedBackend())
    samples = (0.1 * np.sin(np.arange(24000) / 9)).astype(np.float32)

    async def uneven() -> ReplyRecording:
        async with connect(url) as client:
            await client.update(**(SETTINGS | {"input_audio_format": {"rate": 24000}}))
            for part in np.split(samples, [1, 700, 5000, 5001]):
                await client.send_audio(part)
            assert VOICE.motion is not None
            await client.send_motion(VOICE.motion)
            return await record_reply(client, await client.commit(), timeout_s=10)

    even = _turn(url, UserInput(AudioChunk(samples, 24000), VOICE.motion), input_audio_format={"rate": 24000})
    assert asyncio.run(uneven()).done["ids_sha256"] == asyncio.run(even).done["ids_sha256"]


def test_seeds_differ(serve: Serve) -> None:
    """Another seed gives another reply."""
    url = serve(ScriptedBackend())
    first, second = (asyncio.run(_turn(url, seed=seed)).done["ids_sha256"] for seed in (1, 2))
    assert first != second


def test_typed_text(serve: Serve) -> None:
    """A typed line needs no audio and no motion."""
    reply = asyncio.run(_turn(serve(ScriptedBackend()), UserInput(text="Hello there"), input_motion=None))
    assert reply.heard == "Hello there"


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ('{"type": "no.such.event", "event_id": "e1"}', "unknown_event"),
        ("{", "invalid_json"),
        ('{"type": "session.update", "session": {"persona": "nobody"}}', "invalid_session"),
        ('{"type": "session.update", "session": {"sead": 1}}', "invalid_event"),
        ('{"type": "response.create"}', "response_without_input"),
        ('{"type": "input_audio_buffer.commit"}', "input_audio_buffer_commit_empty"),
        (b"\x01\x00", "truncated_frame"),
        (pack_media(MediaFrame(MediaType.USER_MOTION, b"\x00" * 892)), "motion_not_declared"),
    ],
)
def test_a_wrong_message_gets_an_error_and_the_session_goes_on(serve: Serve, message: str | bytes, code: str) -> None:
    """Every mistake has a code and one sentence, and a turn works afterwards."""
    url = serve(ScriptedBackend(beats=1))

    async def main() -> None:
        async with connect(url) as client:
            await client.link.send(message)
            with pytest.raises(ProtocolError) as caught:
                await client.wait_for("session.updated", timeout_s=5)
            assert caught.value.code == code and "Traceback" not in str(caught.value)
            await client.update(**SETTINGS)
            await client.stream(VOICE, pace=0)
            assert (await record_reply(client, await client.commit(), 10)).done["status"] == "completed"

    asyncio.run(main())


@pytest.mark.parametrize("payload", [np.full(223, np.nan, "<f4").tobytes(), b"\x00" * (4 * (3 + 4 * 22)), b""])
def test_bad_poses_are_refused(serve: Serve, payload: bytes) -> None:
    """NaN poses and a wrong joint count are named as such."""
    url = serve(ScriptedBackend())

    async def main() -> None:
        async with connect(url) as client:
            await client.update(**SETTINGS)
            await client.link.send(pack_media(MediaFrame(MediaType.USER_MOTION, payload)))
            with pytest.raises(ProtocolError) as caught:
                await client.wait_for("response.done", timeout_s=5)
            assert caught.value.code == "invalid_motion"

    asyncio.run(main())


def test_a_client_that_leaves_mid_reply_disturbs_nobody(serve: Serve) -> None:
    """Its work stops; the other session's reply is complete."""
    backend = ScriptedBackend(beats=20, beat_delay_s=0.01)
    url = serve(backend, max_sessions=2)

    async def leave() -> None:
        async with connect(url) as client:
            await client.update(**SETTINGS)
            await client.stream(VOICE, pace=0)
            await client.commit()
            await client.wait_for("response.created")

    async def main() -> ReplyRecording:
        _, reply = await asyncio.gather(leave(), _turn(url))
        return reply

    assert len(asyncio.run(main()).audio.samples) == 20 * 9600
    assert asyncio.run(_turn(url)).done["status"] == "completed"  # both places are free again


def test_two_sessions_never_mix(serve: Serve) -> None:
    """Each of two simultaneous users gets the answer to its own words and a full stream of its own."""
    url = serve(ScriptedBackend(beats=10, beat_delay_s=0.002))

    async def main() -> list[ReplyRecording]:
        users = [UserInput(text=text) for text in ("apples", "pears")]
        return await asyncio.gather(*(_turn(url, user, input_motion=None) for user in users))

    first, second = asyncio.run(main())
    assert (first.heard, second.heard) == ("apples", "pears")
    for reply in (first, second):
        ends = [end for kind, end in reply.order if kind == "audio"]
        assert ends == sorted(ends) and ends[-1] == 10 * 9600 == len(reply.audio.samples)


def test_cancel_stops_the_reply_and_truncates(serve: Serve) -> None:
    """After response.cancel the response ends as cancelled, and history is cut to what can have been heard."""
    backend = ScriptedBackend(beats=200, beat_delay_s=0.01)
    url = serve(backend)

    async def main() -> list[dict[str, Any]]:
        seen = []
        async with connect(url) as client:
            await client.update(**SETTINGS)
            await client.stream(VOICE, pace=0)
            await client.commit()
            async for arrival in client.arrivals(10):
                message = arrival.message
                if isinstance(message, MediaFrame):
                    if message.seq == 2 and message.type is MediaType.AUDIO:
                        await client.send_event("response.cancel")
                    continue
                seen.append(message)
                if message["type"] == "conversation.item.truncated":
                    return seen
        raise AssertionError

    seen = asyncio.run(main())
    done = next(m["response"] for m in seen if m["type"] == "response.done")
    assert done["status"] == "cancelled" and done["audio_samples"] < 200 * 9600
    assert len(backend.conversations[0].truncations) == 1


def _syllables(seconds: float) -> FloatArray:
    """A buzz with formants and a syllable rhythm: close enough to a voice for the detector in these tests."""
    time_s = np.arange(int(seconds * 16000)) / 16000
    pitch = 120 + 20 * np.sin(2 * np.pi * 2 * time_s)
    phase = 2 * np.pi * np.cumsum(pitch) / 16000
    buzz = sum(
        np.sin(k * phase) * np.exp(-(((k * 120 - f) / 250) ** 2)) for k in range(1, 25) for f in (600, 1200, 2500)
    )
    return (0.1 * buzz * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * time_s))).astype(np.float32)


def test_the_server_finds_the_end_of_the_turn(serve: Serve) -> None:
    """With server_vad a voice and then silence start and end the turn, and the reply comes without a commit."""
    url = serve(ScriptedBackend())
    silence = np.zeros(16000, np.float32)
    samples = np.concatenate([silence, _syllables(1.5), silence])

    async def main() -> tuple[list[str], dict[str, Any]]:
        async with connect(url) as client:
            await client.update(**(SETTINGS | {"turn_detection": {"type": "server_vad"}, "input_motion": None}))
            await client.stream(UserInput(AudioChunk(samples, 16000)), pace=0)
            types = []
            async for arrival in client.arrivals(10):
                if isinstance(arrival.message, dict):
                    types.append(arrival.message["type"])
                    if types[-1] == "response.done":
                        return types, arrival.message["response"]
        raise AssertionError

    types, done = asyncio.run(main())
    started, stopped = (types.index(f"input_audio_buffer.speech_{edge}") for edge in ("started", "stopped"))
    assert started < stopped < types.index("response.created")
    assert done["status"] == "completed" and done["budget"][0]["spent_ms"] == 500.0


def test_stock_clients_get_base64_audio(serve: Serve) -> None:
    """In base64 mode the reply is response.output_audio.delta events with the same sound."""
    url = serve(ScriptedBackend(beats=1))

    async def main() -> int:
        import base64

        async with connect(url) as client:
            await client.update(**(SETTINGS | {"media": "base64"}))
            audio = base64.b64encode(b"\x00\x01" * 8000).decode()
            await client.send_event("input_audio_buffer.append", audio=audio)
            await client.send_event("input_audio_buffer.commit")
            await client.send_event("response.create")
            count = 0
            async for arrival in client.arrivals(10):
                assert isinstance(arrival.message, dict)
                if arrival.message["type"] == "response.output_audio.delta":
                    count += len(base64.b64decode(arrival.message["delta"])) // 2
                if arrival.message["type"] == "response.done":
                    return count
        raise AssertionError

    assert asyncio.run(main()) == 9600


def test_a_human_voice_starts_ends_and_interrupts(serve: Serve, data_pack: Path) -> None:
    """A recorded person is answered after a second of silence; speaking again cuts the reply and is answered too."""
    clip = _human_clip(data_pack)
    samples = np.concatenate([clip, np.zeros(16000, np.float32)])
    backend = ScriptedBackend(beats=400, beat_delay_s=0.01)
    url = serve(backend)

    async def main() -> list[dict[str, Any]]:
        async with connect(url) as client:
            await client.update(**(SETTINGS | {"turn_detection": {"type": "server_vad"}, "input_motion": None}))
            await client.stream(UserInput(AudioChunk(samples, 16000)), pace=0)
            await client.wait_for("response.heard")
            await client.stream(UserInput(AudioChunk(samples, 16000)), pace=0)
            seen: list[dict[str, Any]] = []
            async for arrival in client.arrivals(10):
                if isinstance(arrival.message, dict):
                    seen.append(arrival.message)
                    if seen[-1]["type"] == "response.created":
                        return seen
        raise AssertionError

    seen = asyncio.run(main())
    types = [event["type"] for event in seen]
    done = seen[types.index("response.done")]["response"]
    assert done["status"] == "cancelled" and seen[-1]["response"]["epoch"] > _epoch_of(done)
    assert types.index("input_audio_buffer.speech_started") < types.index("response.done")
    assert backend.conversations[-1].truncations


def _epoch_of(done: dict[str, Any]) -> int:
    """The epoch in a response's id."""
    return int(done["id"].removeprefix("resp_"))


def _human_clip(data_pack: Path) -> FloatArray:
    """Two to four seconds of a person from the test split."""
    folder = data_pack / "speech"
    rows = [json.loads(line) for line in (folder / "index.jsonl").read_text().splitlines()]
    row = next(row for row in rows if row["split"] == "test" and 2 < row["seconds"] < 4)
    return read_audio(folder / row["file"], 16000).samples

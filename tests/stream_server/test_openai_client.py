"""The stock `openai` client holds a conversation, and every event it gets is of the shape it publishes."""

import asyncio
import base64
import json
import re
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest

from solami.audio.resample import resample
from solami.datasets.tts import EspeakSynthesizer
from solami.errors import ProtocolError
from solami.frames import FloatArray
from solami.stream_server.app import create_app
from solami.stream_server.config import ServerConfig
from solami.stream_server.events import CLIENT_EVENT_TYPES, parse_client_event
from solami.stream_server.scripted import ScriptedBackend
from solami.stream_server.serving import background_server

openai = pytest.importorskip("openai", reason="needs the openai extra: pip install 'solami[openai]'")

from openai.resources.realtime.realtime import AsyncRealtimeConnection  # noqa: E402
from openai.types.realtime import RealtimeClientEvent, RealtimeServerEvent  # noqa: E402
from pydantic import TypeAdapter, ValidationError  # noqa: E402

RATE = 24_000
PUBLISHED: TypeAdapter[Any] = TypeAdapter(RealtimeServerEvent)
OURS = {
    "avatar.state",
    "response.heard",
    "response.saw",
    "response.does",
    "response.motion.delta",
    "response.viseme.delta",
}
GA = {
    "type": "realtime",
    "instructions": "Be kind.",
    "output_modalities": ["audio"],
    "audio": {
        "input": {
            "format": {"type": "audio/pcm", "rate": RATE},
            "transcription": {"model": "whisper-1"},
            "turn_detection": {"type": "server_vad", "silence_duration_ms": 400},
        },
        "output": {"format": {"type": "audio/pcm", "rate": RATE}, "voice": "alloy"},
    },
}
BETA = {
    "modalities": ["audio", "text"],
    "instructions": "Be kind.",
    "voice": "alloy",
    "input_audio_format": "pcm16",
    "output_audio_format": "pcm16",
    "input_audio_transcription": {"model": "whisper-1"},
    "turn_detection": {"type": "server_vad", "silence_duration_ms": 400},
    "temperature": 0.8,
}


def _run(test: Callable[[AsyncRealtimeConnection], Coroutine[Any, Any, None]]) -> None:
    config = ServerConfig.model_validate({"api_key": "sk-secret"})

    async def main(url: str) -> None:
        base = url.removesuffix("/realtime")
        async with (
            openai.AsyncOpenAI(api_key="sk-secret", websocket_base_url=base, base_url="http://unused") as client,
            client.realtime.connect(model="ada") as connection,
        ):
            await test(connection)

    with background_server(create_app(ScriptedBackend(), config), config) as url:
        asyncio.run(main(url))


async def _until(connection: AsyncRealtimeConnection, kind: str) -> list[dict[str, Any]]:
    """Events up to one of this type; those that OpenAI publishes are of its shape."""
    events: list[dict[str, Any]] = []
    while not events or events[-1]["type"] != kind:
        raw = await asyncio.wait_for(connection.recv_bytes(), 120)
        event = json.loads(raw)
        assert event["type"] != "error", event
        if event["type"] not in OURS:
            try:
                PUBLISHED.validate_json(raw)
            except ValidationError as error:
                raise AssertionError(f"{event['type']}: {error}") from error
        events.append(event)
    return events


def _voice() -> FloatArray:
    """Two seconds of speech, then quiet."""
    line = EspeakSynthesizer().speak("Hello, can you wave to me?")
    return np.concatenate([resample(line.audio.samples, 16_000, RATE), np.zeros(RATE, np.float32)])


async def _say(connection: AsyncRealtimeConnection, samples: FloatArray) -> None:
    pcm = (np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()
    for start in range(0, len(pcm), 4800):
        await connection.input_audio_buffer.append(audio=base64.b64encode(pcm[start : start + 4800]).decode())


LIFECYCLE = [
    "response.created",
    "response.output_item.added",
    "conversation.item.added",
    "response.content_part.added",
    "response.output_audio_transcript.delta",
    "response.output_audio.delta",
    "response.output_audio.done",
    "response.output_audio_transcript.done",
    "response.content_part.done",
    "response.output_item.done",
    "conversation.item.done",
    "response.done",
]


def _in_order(events: list[dict[str, Any]], kinds: list[str]) -> bool:
    """Whether these types come one after another, others in between allowed."""
    found = iter(event["type"] for event in events)
    return all(kind in found for kind in kinds)


@pytest.mark.parametrize("session", [GA, BETA], ids=["general availability", "beta"])
def test_typed_conversation(session: dict[str, Any]) -> None:
    """In either shape of session.update a typed turn is answered with sound, words and every event around them."""

    async def test(connection: AsyncRealtimeConnection) -> None:
        await connection.session.update(session=session)  # type: ignore[arg-type]
        updated = (await _until(connection, "session.updated"))[-1]
        assert "instructions" in updated["ignored"]
        assert updated["session"]["audio"]["input"]["format"] == {"type": "audio/pcm", "rate": RATE}
        assert updated["session"]["turn_detection"]["silence_duration_ms"] == 400
        for turn in (1, 2):
            content = [{"type": "input_text", "text": f"turn {turn}"}]
            item = {"type": "message", "role": "user", "content": content}
            await connection.conversation.item.create(item=item)  # type: ignore[arg-type]
            await connection.response.create(response={"instructions": "Be brief."})
            events = await _until(connection, "response.done")
            assert _in_order(events, LIFECYCLE)
            _check_reply(events)

    _run(test)


def _check_reply(events: list[dict[str, Any]]) -> None:
    done = events[-1]["response"]
    pcm = b"".join(base64.b64decode(e["delta"]) for e in events if e["type"] == "response.output_audio.delta")
    words = "".join(e["delta"] for e in events if e["type"] == "response.output_audio_transcript.delta")
    assert done["status"] == "completed" and len(pcm) == 2 * done["audio_samples"] > 0
    assert done["output"][0]["content"] == [{"type": "output_audio", "transcript": words}]


def test_spoken_conversation() -> None:
    """Audio under server_vad opens, ends and answers turns by itself; the user's words come as transcription."""
    pytest.importorskip("espeakng_loader", reason="needs a synthesised voice: pip install 'solami[data]'")

    async def test(connection: AsyncRealtimeConnection) -> None:
        await connection.session.update(session=GA)  # type: ignore[arg-type]
        await _until(connection, "session.updated")
        await _say(connection, _voice())
        events = await _until(connection, "response.done")
        spoken = ["input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped"]
        heard = "conversation.item.input_audio_transcription.completed"
        assert _in_order(events, [*spoken, "input_audio_buffer.committed", "conversation.item.done", *LIFECYCLE[:4]])
        (completed,) = [event for event in events if event["type"] == heard]
        started = next(event for event in events if event["type"] == spoken[0])
        assert completed["item_id"] == started["item_id"] and completed["transcript"]
        await connection.conversation.item.retrieve(item_id=completed["item_id"])
        item = (await _until(connection, "conversation.item.retrieved"))[-1]["item"]
        assert item["content"] == [{"type": "input_audio", "transcript": completed["transcript"]}]

    _run(test)


def test_every_turn_detection_is_taken() -> None:
    """`server_vad` with all its parameters, `semantic_vad` with all its eagernesses, and null, as published."""
    whole = {"threshold": 1.0, "prefix_padding_ms": 0, "silence_duration_ms": 200, "idle_timeout_ms": 6000}
    answers = {"create_response": False, "interrupt_response": False}
    kinds: list[dict[str, Any] | None] = [{"type": "server_vad", **whole, **answers}, None]
    kinds += [{"type": "semantic_vad", "eagerness": each, **answers} for each in ("low", "medium", "high", "auto")]

    async def test(connection: AsyncRealtimeConnection) -> None:
        for kind in kinds:
            session = {"type": "realtime", "audio": {"input": {"turn_detection": kind}}}
            await connection.session.update(session=session)  # type: ignore[arg-type]
            updated = (await _until(connection, "session.updated"))[-1]
            shown = updated["session"]["audio"]["input"]["turn_detection"]
            assert "ignored" not in updated
            assert shown is None if kind is None else shown.items() >= kind.items()

    _run(test)


def test_who_says_nothing_is_spoken_to_again() -> None:
    """With idle_timeout_ms the quiet after a reply is committed and answered."""
    pytest.importorskip("espeakng_loader", reason="needs a synthesised voice: pip install 'solami[data]'")
    detection = {"type": "server_vad", "silence_duration_ms": 400, "idle_timeout_ms": 1000}

    async def test(connection: AsyncRealtimeConnection) -> None:
        session = {"type": "realtime", "audio": {"input": {"turn_detection": detection}}}
        await connection.session.update(session=session)  # type: ignore[arg-type]
        await _say(connection, _voice())
        await _until(connection, "response.done")

        async def keep_quiet() -> None:
            while True:
                await _say(connection, np.zeros(RATE // 5, np.float32))
                await asyncio.sleep(0.2)

        quiet = asyncio.create_task(keep_quiet())
        try:
            events = await _until(connection, "response.done")
        finally:
            quiet.cancel()
        assert _in_order(events, ["input_audio_buffer.timeout_triggered", "input_audio_buffer.committed", *LIFECYCLE])
        timeout = next(event for event in events if event["type"] == "input_audio_buffer.timeout_triggered")
        assert timeout["audio_end_ms"] - timeout["audio_start_ms"] >= 1000
        assert "input_audio_buffer.speech_started" not in {event["type"] for event in events}

    _run(test)


def test_cancel_and_truncate() -> None:
    """A cancelled response ends as such with the client as the reason, and can be truncated to what was heard."""

    async def test(connection: AsyncRealtimeConnection) -> None:
        await connection.session.update(session=GA | {"audio": {"input": {"turn_detection": None}}})  # type: ignore[arg-type]
        await _until(connection, "session.updated")
        content = [{"type": "input_text", "text": "talk"}]
        item = {"type": "message", "role": "user", "content": content}
        await connection.conversation.item.create(item=item)  # type: ignore[arg-type]
        await connection.response.create()
        created = (await _until(connection, "response.output_item.added"))[-1]
        await connection.response.cancel()
        done = (await _until(connection, "response.done"))[-1]["response"]
        assert done["status"] in ("cancelled", "completed")
        if done["status"] == "cancelled":
            assert done["status_details"] == {"type": "cancelled", "reason": "client_cancelled"}
        assert done["output"][0]["id"] == created["item"]["id"]

    _run(test)


def _published(union: object) -> set[str]:
    """The types of a published union of events."""
    events = get_args(get_args(union)[0])
    return {get_args(event.model_fields["type"].annotation)[0] for event in events}


def test_the_page_names_every_published_event() -> None:
    """docs/openai_events.md says of each event what we make of it, of none that does not exist."""
    page = (Path(__file__).parents[2] / "docs/openai_events.md").read_text()
    rows = [line.split("|")[1] for line in page.splitlines() if line.startswith("| `")]
    named = {name for row in rows for name in re.findall(r"`([\w.]+)`", row)}
    assert named == _published(RealtimeServerEvent) | _published(RealtimeClientEvent)


def test_the_page_says_what_we_read() -> None:
    """Every published client event is read or refused by name; none is unknown."""
    for kind in _published(RealtimeClientEvent) - set(CLIENT_EVENT_TYPES):
        with pytest.raises(ProtocolError) as caught:
            parse_client_event(json.dumps({"type": kind}))
        assert caught.value.code == "unsupported_event"

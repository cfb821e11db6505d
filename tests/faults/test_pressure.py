"""Clients that send too much or take too little harm nobody but themselves."""

import asyncio
import json
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

import numpy as np
import websockets

from solami.body.procedural import wave
from solami.client.client import UserInput, connect
from solami.client.recording import record_reply
from solami.errors import CapacityError
from solami.frames import AudioChunk, FloatArray, MotionChunk
from solami.stream_server.app import create_app
from solami.stream_server.config import ServerConfig
from solami.stream_server.protocol import MediaFrame, MediaType, pack_media
from solami.stream_server.scripted import BEAT_SAMPLES, FPS, ScriptedBackend, ScriptedConversation, hum_and_wave
from solami.stream_server.serving import background_server

Record = Callable[[str, object], None]
SETTINGS = {"media": "binary", "turn_detection": None, "input_audio_format": {"rate": 16000}}
USER = UserInput(AudioChunk(np.zeros(3200, np.float32), 16_000))
TYPED = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hi"}]}
HUGE_SEED = 99  # sessions with this seed get endless replies of nearly a megabyte a beat
_STILL = wave(0.1)


class UnevenBackend(ScriptedBackend):
    """Short replies to most, endless huge ones to some."""

    def open(self, persona: str, seed: int) -> ScriptedConversation:
        if seed != HUGE_SEED:
            return ScriptedConversation(seed, 2, 0.0, hum_and_wave)
        return ScriptedConversation(seed, 100_000, 0.0, _huge)


def _huge(beat: int) -> tuple[MotionChunk, FloatArray]:
    rotations, translation = np.resize(_STILL.rotations, (1000, 55, 4)), np.resize(_STILL.translation, (1000, 3))
    return MotionChunk(rotations, translation, FPS, beat * BEAT_SAMPLES), np.zeros(BEAT_SAMPLES, np.float32)


async def turns(url: str, count: int, others: Sequence[Coroutine[Any, Any, Any]] = ()) -> tuple[list[str], list[Any]]:
    """A well-behaved client beside others that begin once it is in: how its replies ended, and what came of them."""
    async with connect(url) as client:
        await client.update(**SETTINGS)
        tasks = [asyncio.create_task(other) for other in others]
        ended = []
        for _ in range(count):
            await client.stream(USER, pace=0)
            ended.append((await record_reply(client, await client.commit(), 120)).done["status"])
        return ended, [await task for task in tasks]


async def turn_when_there_is_room(url: str) -> list[str]:
    """A client that comes later and tries until it is let in."""
    while True:
        try:
            return (await turns(url, 1))[0]
        except CapacityError:
            await asyncio.sleep(0.2)


async def open_session(url: str, seed: int = 0) -> websockets.ClientConnection:
    socket = await websockets.connect(url, max_queue=1, ping_interval=None)
    await socket.send(json.dumps({"type": "session.update", "session": SETTINGS | {"seed": seed}}))
    return socket


async def flood(url: str, messages: int, payload: str | bytes) -> int:
    """Send as fast as the socket takes it, reading nothing; returns how much was taken before the end."""
    socket = await open_session(url)
    sent = 0
    try:
        for _ in range(messages):
            async with asyncio.timeout(5):
                await socket.send(payload)
            sent += 1
    except (websockets.ConnectionClosed, TimeoutError):
        pass
    socket.transport.abort()
    return sent


async def read_nothing(url: str) -> int | None:
    """Ask for an endless huge reply and take nothing of it for a while; the code with which the server has closed."""
    socket = await open_session(url, HUGE_SEED)
    await socket.send(json.dumps({"type": "conversation.item.create", "item": TYPED}))
    await socket.send(json.dumps({"type": "response.create"}))
    await asyncio.sleep(5)
    try:
        while True:
            await socket.recv()
    except websockets.ConnectionClosed:
        return socket.close_code


def test_a_flood_of_input_slows_nobody_else(record_property: Record) -> None:
    """While clients send hours of sound, broken frames and broken text in seconds, another one has whole turns."""
    config = ServerConfig.model_validate({"max_sessions": 4, "resume_s": 0.2, "send_timeout_s": 0.5})
    payloads: list[str | bytes] = [
        pack_media(MediaFrame(MediaType.AUDIO, bytes(64_000))),
        pack_media(MediaFrame(MediaType.USER_MOTION, bytes(60_000))),
        "{" * 10_000,
    ]

    async def main(url: str) -> tuple[list[str], list[int], list[str]]:
        during, sent = await turns(url, 5, [flood(url, 2000, payload) for payload in payloads])
        return during, sent, await turn_when_there_is_room(url)

    with background_server(create_app(UnevenBackend(), config), config) as url:
        during, sent, after = asyncio.run(main(url))
    record_property("flooding messages", sum(sent))
    assert during == ["completed"] * 5 and after == ["completed"]
    assert max(sent) > 50, f"{sent} messages were sent before the server had enough"


def test_slow_readers_slow_nobody_else(record_property: Record) -> None:
    """Three clients that take nothing of endless replies are dropped; a fourth has whole turns meanwhile."""
    config = ServerConfig.model_validate({"max_sessions": 4, "send_timeout_s": 0.5, "resume_s": 0.2})

    async def main(url: str) -> tuple[list[str], list[int | None]]:
        async with asyncio.timeout(240):
            return await turns(url, 3, [read_nothing(url) for _ in range(3)])

    with background_server(create_app(UnevenBackend(), config), config) as url:
        during, codes = asyncio.run(main(url))
    record_property("slow readers dropped", len(codes))
    assert during == ["completed"] * 3 and len(codes) == 3 and None not in codes

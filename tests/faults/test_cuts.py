"""A connection that is cut at any message, in either direction, goes on as if nothing had happened, byte for byte."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import websockets

from solami.body.procedural import wave
from solami.stream_server.app import create_app
from solami.stream_server.config import ServerConfig
from solami.stream_server.protocol import MediaFrame, MediaType, pack_media, samples_to_pcm16
from solami.stream_server.scripted import ScriptedBackend
from solami.stream_server.serving import background_server
from solami.stream_server.vrm import pack_poses

Record = Callable[[str, object], None]
Data = str | bytes
SETTINGS = {
    "media": "binary", "turn_detection": None, "input_audio_format": {"rate": 16000}, "input_motion": {"fps": 30},
    "seed": 5,
}  # fmt: skip
WAIT_S = 120


def client_messages() -> list[Data]:
    """A whole turn: settings, sound and poses in turns, and the commit."""
    messages: list[Data] = [json.dumps({"type": "session.update", "session": SETTINGS})]
    sound = (0.1 * np.sin(np.arange(4 * 1600) / 9)).astype(np.float32)
    for number in range(4):
        pcm = samples_to_pcm16(sound[number * 1600 : (number + 1) * 1600])
        messages.append(pack_media(MediaFrame(MediaType.AUDIO, pcm, seq=number, sample=1600 * number)))
        messages.append(pack_media(MediaFrame(MediaType.USER_MOTION, pack_poses(wave(0.1)), seq=number)))
    return [*messages, json.dumps({"type": "response.create"})]


SENT = client_messages()


def is_last(data: Data) -> bool:
    return isinstance(data, str) and json.loads(data)["type"] == "response.done"


def media(received: list[Data]) -> list[bytes]:
    return [data for data in received if isinstance(data, bytes)]


def digest(received: list[Data]) -> Any:
    """What depends on every sample and pose that the server was given, in order."""
    return json.loads(received[-1])["response"]["ids_sha256"]


async def receive(socket: websockets.ClientConnection, received: list[Data], count: int | None = None) -> None:
    """Take messages until there are so many, or the turn is over."""
    while count is None or len(received) < count:
        received.append(await asyncio.wait_for(socket.recv(), WAIT_S))
        if is_last(received[-1]):
            return


async def resume(url: str, token: str, received: int) -> tuple[websockets.ClientConnection, dict[str, Any]]:
    """A new connection that goes on behind message `received`, and its greeting."""
    socket = await websockets.connect(f"{url}?protocol=1.0&resume={token}&received={received}")
    greeting = json.loads(await asyncio.wait_for(socket.recv(), WAIT_S))
    assert greeting["type"] == "session.resumed", greeting
    return socket, greeting


def token_of(received: list[Data]) -> str:
    return str(json.loads(received[0])["resume"]["token"])


def is_set(received: list[Data]) -> bool:
    """Whether the session takes sound and poses now."""
    return any(isinstance(data, str) and json.loads(data)["type"] == "session.updated" for data in received)


async def go_on(socket: websockets.ClientConnection, received: list[Data], taken: int, until: int | None) -> None:
    """Send what the server has not taken yet, as the protocol wants it, and receive until `until` or the end."""
    for data in SENT[taken:1]:
        await socket.send(data)
    while not is_set(received) and len(received) != until:
        await receive(socket, received, len(received) + 1)
    if len(received) == until:
        return
    for data in SENT[max(1, taken) :]:
        await socket.send(data)
    await receive(socket, received, until)


async def uncut(url: str) -> list[Data]:
    """A turn without a cut."""
    received: list[Data] = []
    async with websockets.connect(url) as socket:
        await go_on(socket, received, 0, None)
    return received


async def cut_receiving(url: str, count: int) -> tuple[list[Data], list[Data]]:
    """A turn cut when `count` messages have come; what came in all, and what the server says it has sent."""
    received: list[Data] = []
    socket = await websockets.connect(url)
    await go_on(socket, received, 0, count)
    socket.transport.abort()
    socket, greeting = await resume(url, token_of(received), len(received))
    await go_on(socket, received, greeting["received"], None)
    socket.transport.abort()  # a goodbye would end the session
    socket, greeting = await resume(url, token_of(received), 0)
    replay = [await asyncio.wait_for(socket.recv(), WAIT_S) for _ in range(greeting["replayed"])]
    await socket.close()
    return received, replay


async def cut_sending(url: str, count: int) -> list[Data]:
    """A turn cut right after the client's message `count` was sent; it may have arrived or not."""
    socket = await websockets.connect(url)
    received: list[Data] = []
    await receive(socket, received, 1)
    for data in SENT[: min(1, count)]:
        await socket.send(data)
        await receive(socket, received, 2)
    for data in SENT[1:count]:
        await socket.send(data)
    socket.transport.abort()
    socket, greeting = await resume(url, token_of(received), len(received))
    assert 0 <= greeting["received"] <= count
    await go_on(socket, received, greeting["received"], None)
    await socket.close()
    return received


def serve_cuts(cut: Callable[[str], Any]) -> Any:
    config = ServerConfig.model_validate({"max_sessions": 64, "resume_s": 30, "pacing": {"max_busy": 1.0}})
    with background_server(create_app(ScriptedBackend(beats=2), config), config) as url:
        return asyncio.run(cut(url))


def test_a_cut_after_any_message_from_the_server(record_property: Record) -> None:
    """Wherever the server's stream is cut, it goes on with the next byte, and is the stream that was never cut."""

    async def main(url: str) -> int:
        whole = await uncut(url)
        for count in range(1, len(whole)):
            received, replay = await cut_receiving(url, count)
            assert received == replay[: len(received)], f"cut after {count} messages: not the bytes that were sent"
            assert media(received) == media(whole) and digest(received) == digest(whole)
        return len(whole) - 1

    cuts = serve_cuts(main)
    record_property("cuts", cuts)
    assert cuts >= 10, f"{cuts} cuts, one after every message of the server"


def test_a_cut_after_any_message_from_the_client(record_property: Record) -> None:
    """Wherever the client's stream is cut, nothing of it is lost or taken twice."""

    async def main(url: str) -> int:
        whole = await uncut(url)
        for count in range(len(SENT) + 1):
            received = await cut_sending(url, count)
            assert media(received) == media(whole) and digest(received) == digest(whole), f"cut after {count} messages"
        return len(SENT) + 1

    cuts = serve_cuts(main)
    record_property("cuts", cuts)
    assert cuts == 11, f"{cuts} cuts, one at every message of the client"

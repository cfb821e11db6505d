"""Sessions that outlive their connections, over a real socket."""

import asyncio
import json
import time
from collections.abc import Callable, Coroutine
from types import SimpleNamespace
from typing import Any

import pytest
import websockets
from websockets.asyncio.client import ClientConnection

from solami.stream_server.app import create_app
from solami.stream_server.config import ServerConfig
from solami.stream_server.protocol import unpack_media
from solami.stream_server.scripted import ScriptedBackend
from solami.stream_server.serving import background_server

SETTINGS = '{"type":"session.update","session":{"turn_detection":null,"media":"binary"}}'
TEXT = '{"type":"conversation.item.create","item":{"content":[{"type":"input_text","text":"hi"}],"type":"message"}}'
TURN = (SETTINGS, TEXT, '{"type":"response.create"}')
_MEASURED = ("response_latency_ms", "first_audio_ms", "first_motion_ms", "rtf", "budget")
Message = str | bytes


def _run(test: Callable[[str], Coroutine[Any, Any, None]], **config: object) -> None:
    settings = ServerConfig.model_validate(config)
    with background_server(create_app(ScriptedBackend(), settings), settings) as url:
        asyncio.run(test(url))


async def _read(socket: ClientConnection, until: str, most: int = 10**6) -> list[Message]:
    """Messages up to the first of this type, at most so many."""
    messages: list[Message] = []
    while len(messages) < most:
        messages.append(await asyncio.wait_for(socket.recv(), 30))
        if _kind(messages[-1]) == until:
            break
    return messages


def _kind(message: Message) -> str:
    return str(json.loads(message)["type"]) if isinstance(message, str) else "media"


def _resuming(url: str, hello: Message, received: int) -> str:
    token = json.loads(hello)["resume"]["token"]
    return f"{url}?protocol=1.0&resume={token}&received={received}"


def _comparable(message: Message) -> Message:
    """Without what differs from session to session: ids and measured times."""
    if isinstance(message, bytes):
        return message
    event = json.loads(message)
    event.pop("resume", None)
    event.get("session", {}).pop("id", None)
    if event["type"] == "conversation.item.added":
        event["item"].pop("id")
    for name in _MEASURED:
        event.get("response", {}).pop(name, None)
    return json.dumps(event)


async def _ask(socket: ClientConnection) -> list[Message]:
    """Settings, then a typed turn; what came before the turn."""
    await socket.send(TURN[0])
    before = await _read(socket, "session.updated")
    for text in TURN[1:]:
        await socket.send(text)
    return before


async def _uncut(url: str) -> list[Message]:
    async with websockets.connect(url) as socket:
        messages = await _ask(socket)
        messages += await _read(socket, "response.done")
        return [*messages, await socket.recv()]


async def _cut_once(url: str, have: int) -> tuple[list[Message], dict[str, Any]]:
    """One turn whose connection is aborted after `have` messages; all messages, and the greeting."""
    socket = await websockets.connect(url)
    messages = await _ask(socket)
    messages += await _read(socket, "", have - len(messages)) if have > len(messages) else []
    socket.transport.abort()
    async with websockets.connect(_resuming(url, messages[0], have)) as again:
        greeting = json.loads(await again.recv())
        for text in TURN[greeting["received"] :]:
            await again.send(text)
        if "response.done" not in map(_kind, messages):
            messages += await _read(again, "response.done")
        messages.append(await asyncio.wait_for(again.recv(), 30))
        return messages, greeting


def test_a_cut_costs_nothing() -> None:
    """However many messages came before the cut, all of them together are those of an uncut session, byte for byte."""

    async def test(url: str) -> None:
        expected = [_comparable(message) for message in await _uncut(url)]
        for have in range(2, len(expected)):
            messages, greeting = await _cut_once(url, have)
            assert [_comparable(message) for message in messages] == expected, f"cut after {have} messages"
            assert greeting["type"] == "session.resumed" and greeting["received"] <= len(TURN)

    _run(test, max_sessions=8)


def test_what_is_replayed_does_not_grow_too_old_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages older than the log keeps them are still replayed to a connection that came back in time."""
    later_s = 0.0
    clock = SimpleNamespace(perf_counter=lambda: time.perf_counter() + later_s)
    monkeypatch.setattr("solami.stream_server.delivery.time", clock)

    async def test(url: str) -> None:
        nonlocal later_s
        async with websockets.connect(f"{url}?protocol=1.0", max_size=None) as socket:
            for message in TURN:
                await socket.send(message)
            whole = await _read(socket, "response.done")
            socket.transport.abort()
        later_s = 61.0
        async with websockets.connect(_resuming(url, whole[0], 1), max_size=None) as socket:
            again = await _read(socket, "response.done")
        assert again[1 : len(whole)] == whole[1:]

    _run(test)


def test_the_session_goes_on_without_its_client() -> None:
    """A reply that is asked for just before a cut is generated meanwhile; its frames keep their sequence."""

    async def test(url: str) -> None:
        socket = await websockets.connect(url)
        messages = [*await _ask(socket), *await _read(socket, "response.created")]
        socket.transport.abort()
        await asyncio.sleep(0.5)
        async with websockets.connect(_resuming(url, messages[0], len(messages))) as again:
            greeting = json.loads(await again.recv())
            assert greeting["replayed"] > 10, "the reply was generated while nobody listened"
            rest = await _read(again, "response.done")
        frames = [frame for m in rest if isinstance(m, bytes) and (frame := unpack_media(m))]
        for kind in {frame.type for frame in frames}:
            seqs = [frame.seq for frame in frames if frame.type is kind]
            assert seqs == list(range(len(seqs)))

    _run(test)


@pytest.mark.parametrize(
    "query", ["resume=nonsense&received=0", "resume={token}&received=99", "resume={token}&received=x"]
)
def test_what_cannot_be_resumed_is_refused(query: str) -> None:
    """An unknown token or a count that cannot be gets `resume_failed` and close code 1008."""

    async def test(url: str) -> None:
        async with websockets.connect(url) as first:
            token = json.loads(await first.recv())["resume"]["token"]
            async with websockets.connect(f"{url}?{query.format(token=token)}") as socket:
                assert json.loads(await socket.recv())["error"]["code"] == "resume_failed"
                await socket.wait_closed()
                assert socket.close_code == 1008

    _run(test)


def test_a_goodbye_ends_the_session() -> None:
    """Who closes with code 1000 cannot come back, and frees the place at once."""

    async def test(url: str) -> None:
        async with websockets.connect(url) as socket:
            hello = await socket.recv()
        await asyncio.sleep(0.2)
        async with websockets.connect(_resuming(url, hello, 1)) as again:
            assert json.loads(await again.recv())["error"]["code"] == "resume_failed"

    _run(test)


def test_the_wait_ends() -> None:
    """After the time that session.created names, the session is gone."""

    async def test(url: str) -> None:
        socket = await websockets.connect(url)
        hello = await socket.recv()
        assert json.loads(hello)["resume"]["seconds"] == 0.2
        socket.transport.abort()
        deadline_s = time.monotonic() + 20
        while time.monotonic() < deadline_s:
            await asyncio.sleep(0.3)
            async with websockets.connect(_resuming(url, hello, 1)) as again:
                if json.loads(await again.recv())["type"] == "error":
                    return
                again.transport.abort()
        raise AssertionError("the session waits for ever")

    _run(test, resume_s=0.2)


def test_a_new_connection_takes_over() -> None:
    """A client that comes back before the server noticed the cut gets the session; the old connection is closed."""

    async def test(url: str) -> None:
        async with websockets.connect(url) as old:
            hello = await old.recv()
            async with websockets.connect(_resuming(url, hello, 1)) as new:
                assert json.loads(await new.recv())["type"] == "session.resumed"
                await asyncio.wait_for(old.wait_closed(), 10)
                await new.send(SETTINGS)
                assert _kind(await new.recv()) == "session.updated"

    _run(test)


def test_acknowledged_messages_are_forgotten() -> None:
    """After `received` in output.playback, older messages cannot be had again; a wrong count is an error."""

    async def test(url: str) -> None:
        socket = await websockets.connect(url)
        await socket.send(SETTINGS)
        hello, _ = [await socket.recv() for _ in range(2)]
        await socket.send('{"type":"output.playback","received":7}')
        assert json.loads(await socket.recv())["error"]["code"] == "invalid_event"
        await socket.send('{"type":"output.playback","received":2}')
        await socket.send(SETTINGS)
        await _read(socket, "session.updated")
        socket.transport.abort()
        async with websockets.connect(_resuming(url, hello, 1)) as again:
            assert json.loads(await again.recv())["error"]["code"] == "resume_failed"
        async with websockets.connect(_resuming(url, hello, 2)) as again:
            assert json.loads(await again.recv())["replayed"] == 2

    _run(test)

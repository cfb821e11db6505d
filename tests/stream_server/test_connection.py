"""One socket's care for the clients it loses."""

import asyncio
import time

import httpx
import websockets

from solami.stream_server.app import create_app
from solami.stream_server.config import ServerConfig
from solami.stream_server.scripted import ScriptedBackend
from solami.stream_server.serving import background_server


def _sessions(url: str) -> float:
    text = httpx.get(url.replace("ws://", "http://").replace("/v1/realtime", "/metrics")).text
    return float(next(line.split()[1] for line in text.splitlines() if line.startswith("solami_sessions ")))


def _wait_empty(url: str) -> None:
    deadline_s = time.monotonic() + 10
    while _sessions(url) and time.monotonic() < deadline_s:
        time.sleep(0.05)
    assert _sessions(url) == 0


def test_a_silent_client_is_closed() -> None:
    """Who sends nothing for the idle time is closed normally, with the reason."""

    async def main(url: str) -> tuple[int | None, str | None]:
        async with websockets.connect(url) as socket:
            await socket.wait_closed()
            return socket.close_code, socket.close_reason

    config = ServerConfig.model_validate({"idle_timeout_s": 0.2})
    with background_server(create_app(ScriptedBackend(), config), config) as url:
        code, reason = asyncio.run(main(url))
        assert code == 1000 and reason is not None and "0.2 s" in reason
        _wait_empty(url)


def test_a_client_that_vanishes_leaves_no_session() -> None:
    """A connection that breaks without a goodbye in the middle of a reply frees its session."""

    async def main(url: str) -> None:
        socket = await websockets.connect(url)
        await socket.send('{"type":"session.update","session":{"turn_detection":null}}')
        text = '{"type":"message","role":"user","content":[{"type":"input_text","text":"hi"}]}'
        await socket.send(f'{{"type":"conversation.item.create","item":{text}}}')
        await socket.send('{"type":"response.create"}')
        while "response.created" not in str(await socket.recv()):
            pass
        socket.transport.abort()

    config = ServerConfig()
    with background_server(create_app(ScriptedBackend(beats=10_000, beat_delay_s=0.01), config), config) as url:
        asyncio.run(main(url))
        _wait_empty(url)


def test_a_client_that_reads_nothing_is_dropped() -> None:
    """A full pipe for longer than the send time-out ends the session."""

    async def main(url: str) -> None:
        async with websockets.connect(url, max_queue=1, ping_interval=None) as socket:
            await socket.send('{"type":"session.update","session":{"turn_detection":null,"media":"binary"}}')
            text = '{"type":"message","role":"user","content":[{"type":"input_text","text":"hi"}]}'
            await socket.send(f'{{"type":"conversation.item.create","item":{text}}}')
            await socket.send('{"type":"response.create"}')
            await asyncio.to_thread(_wait_empty, url)

    config = ServerConfig.model_validate({"send_timeout_s": 0.3})
    with background_server(create_app(ScriptedBackend(beats=10_000), config), config) as url:
        asyncio.run(main(url))

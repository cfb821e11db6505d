"""One socket's care for the clients it loses."""

import asyncio
import contextlib
import json
import socket
import time

import httpx
import pytest
import websockets

from solami.stream_server.app import create_app
from solami.stream_server.config import ServerConfig
from solami.stream_server.connection import Pace
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
        async with websockets.connect(url) as client:
            await client.wait_closed()
            return client.close_code, client.close_reason

    config = ServerConfig.model_validate({"idle_timeout_s": 0.2})
    with background_server(create_app(ScriptedBackend(), config), config) as url:
        code, reason = asyncio.run(main(url))
        assert code == 1000 and reason is not None and "0.2 s" in reason
        _wait_empty(url)


def test_a_client_that_vanishes_leaves_no_session() -> None:
    """A connection that breaks without a goodbye in the middle of a reply frees its session once the wait is over."""

    async def main(url: str) -> None:
        client = await websockets.connect(url)
        await client.send('{"type":"session.update","session":{"turn_detection":null}}')
        text = '{"type":"message","role":"user","content":[{"type":"input_text","text":"hi"}]}'
        await client.send(f'{{"type":"conversation.item.create","item":{text}}}')
        await client.send('{"type":"response.create"}')
        while "response.created" not in str(await client.recv()):
            pass
        client.transport.abort()

    config = ServerConfig.model_validate({"resume_s": 0.2})
    with background_server(create_app(ScriptedBackend(beats=10_000, beat_delay_s=0.01), config), config) as url:
        asyncio.run(main(url))
        _wait_empty(url)


def test_a_client_that_reads_nothing_is_dropped() -> None:
    """A full pipe for longer than the send time-out ends the connection, and the session after the wait."""

    async def main(url: str) -> None:
        pipe = socket.create_connection(("127.0.0.1", int(url.split(":")[2].split("/")[0])))
        pipe.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        async with websockets.connect(url, sock=pipe, max_queue=1, ping_interval=None) as client:
            content = [{"type": "input_text", "text": 2000 * "a"}] * 8
            await client.send(json.dumps({"type": "conversation.item.create", "item": {"content": content}}))
            with contextlib.suppress(websockets.ConnectionClosed):
                while _sessions(url):
                    for _ in range(50):
                        await client.send('{"type":"conversation.item.retrieve","item_id":"item_u1"}')

    config = ServerConfig.model_validate({"send_timeout_s": 0.3, "resume_s": 0.2})
    with background_server(create_app(ScriptedBackend(), config), config) as url:
        asyncio.run(asyncio.wait_for(main(url), 60))
        _wait_empty(url)


def test_a_session_ends_when_it_has_lasted_as_long_as_it_may() -> None:
    """Whatever its client does, it is closed normally with the reason, and cannot be resumed."""

    async def main(url: str) -> tuple[int | None, str | None]:
        async with websockets.connect(url) as client:
            await client.wait_closed()
            return client.close_code, client.close_reason

    config = ServerConfig.model_validate({"max_session_s": 0.3})
    with background_server(create_app(ScriptedBackend(), config), config) as url:
        assert asyncio.run(main(url)) == (1000, "the session has lasted as long as it may")
        _wait_empty(url)


def test_a_client_may_hurry_but_not_for_long() -> None:
    """Ten seconds' worth of messages pass at once, then one each hundredth; a pause earns back no more than that."""
    pace = Pace(100.0)
    assert [pace.wait_s(50.0) for _ in range(1000)] == [0.0] * 1000
    assert [round(pace.wait_s(50.0), 3) for _ in range(3)] == [0.01, 0.02, 0.03]
    assert pace.wait_s(50.04) == pytest.approx(0.0)
    assert [pace.wait_s(500.0) for _ in range(1001)][-1] == pytest.approx(0.01)

"""The application on its web server."""

import asyncio

import pytest
import websockets

from solami.stream_server.app import create_app
from solami.stream_server.config import ServerConfig
from solami.stream_server.scripted import ScriptedBackend
from solami.stream_server.serving import background_server


async def _flood(url: str, message: str | bytes) -> int | None:
    async with websockets.connect(url, max_size=None) as socket:
        with pytest.raises(websockets.ConnectionClosed):
            await socket.send(message)
            while True:
                await asyncio.wait_for(socket.recv(), 10)
        return socket.close_code


async def _greeting(url: str) -> str | bytes:
    async with websockets.connect(url) as socket:
        return await socket.recv()


def test_a_message_of_64_mb_closes_only_its_sender() -> None:
    """Text or binary, the socket closes with 1009 (1006 when cut off while sending); others are served."""
    config = ServerConfig()
    with background_server(create_app(ScriptedBackend(), config), config) as url:
        for message in ("a" * (64 << 20), bytes(64 << 20)):
            assert asyncio.run(_flood(url, message)) in (1009, 1006)
        assert "session.created" in str(asyncio.run(_greeting(url)))

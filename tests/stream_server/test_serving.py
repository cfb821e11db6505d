"""The application on its web server."""

import asyncio
import shutil
import signal
import ssl
import subprocess
import threading
from pathlib import Path

import pytest
import uvicorn
import websockets

from solami.stream_server.app import create_app
from solami.stream_server.config import ServerConfig
from solami.stream_server.scripted import ScriptedBackend
from solami.stream_server.serving import DrainingServer, background_server


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


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl to make a certificate")
def test_tls_by_configuration(tmp_path: Path) -> None:
    """With a certificate the server speaks wss, to those who trust it, and nothing else."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", *subject]
    subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    config = ServerConfig(tls_certificate=certificate, tls_key=key)

    async def main(url: str) -> None:
        trusting = ssl.create_default_context(cafile=certificate)
        async with websockets.connect(url, ssl=trusting) as socket:
            assert "session.created" in str(await socket.recv())
        with pytest.raises(ssl.SSLCertVerificationError):
            await websockets.connect(url)
        with pytest.raises((websockets.InvalidMessage, OSError)):
            await websockets.connect(url.replace("wss://", "ws://"))

    with background_server(create_app(ScriptedBackend(), config), config) as url:
        assert url.startswith("wss://")
        asyncio.run(main(url))


def test_a_second_signal_does_not_wait() -> None:
    """The first signal drains and then stops the server; a second one stops it at once."""
    may_end, drained = threading.Event(), threading.Event()

    def drain() -> None:
        may_end.wait(30)
        drained.set()

    server = DrainingServer(uvicorn.Config(create_app(ScriptedBackend(), ServerConfig())), drain)
    server.handle_exit(signal.SIGTERM, None)
    assert not server.should_exit
    server.handle_exit(signal.SIGTERM, None)
    assert server.should_exit and not drained.is_set()
    may_end.set()
    assert drained.wait(30)

"""Runs the application on uvicorn: in the foreground, or on a thread beside a client in the same process."""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType

import uvicorn
from starlette.applications import Starlette

from solami.errors import SolamiError
from solami.stream_server.config import ServerConfig
from solami.stream_server.protocol import MAX_MESSAGE_BYTES

_START_TIMEOUT_S = 20.0
# Beside a compute thread of pure Python a 20 ms tick of the loop was 11.8 ms late (p99) at the default of 5 ms.
_SWITCH_S = 0.0005


class DrainingServer(uvicorn.Server):
    """Lets replies end before it stops at the first signal; a second signal stops it at once."""

    def __init__(self, config: uvicorn.Config, drain: Callable[[], None]) -> None:
        super().__init__(config)
        self._drain = drain
        self._is_draining = False

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal to stop."""
        if self._is_draining:
            super().handle_exit(sig, frame)
            return
        self._is_draining = True
        threading.Thread(target=self._drain_then_exit, args=(sig,), name="solami-drain", daemon=True).start()

    def _drain_then_exit(self, sig: int) -> None:
        try:
            self._drain()
        finally:
            super().handle_exit(sig, None)


def uvicorn_server(app: Starlette, config: ServerConfig) -> uvicorn.Server:
    """A server with our limits: larger messages close the socket with 1009."""
    sys.setswitchinterval(_SWITCH_S)
    settings = uvicorn.Config(
        app,
        host=config.host,
        port=config.port,
        ws="websockets-sansio",
        ws_max_size=MAX_MESSAGE_BYTES,
        ws_per_message_deflate=False,
        log_config=None,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=3,
        ssl_certfile=config.tls_certificate,
        ssl_keyfile=config.tls_key,
    )
    return DrainingServer(settings, app.state.drain)


@contextlib.contextmanager
def background_server(app: Starlette, config: ServerConfig) -> Iterator[str]:
    """Serve on a free loopback port while the context lasts; yields its address."""
    with socket.socket() as listener:
        listener.bind((config.host, 0))
        server = uvicorn_server(app, config)
        thread = threading.Thread(target=server.run, args=([listener],), name="solami-server", daemon=True)
        thread.start()
        try:
            _wait_started(server, thread)
            yield f"{config.scheme}://{config.host}:{listener.getsockname()[1]}/v1/realtime"
        finally:
            server.should_exit = True
            thread.join(timeout=10)


def _wait_started(server: uvicorn.Server, thread: threading.Thread) -> None:
    deadline_s = time.monotonic() + _START_TIMEOUT_S
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline_s:
            raise SolamiError("the server did not start; the log above says why")
        time.sleep(0.01)

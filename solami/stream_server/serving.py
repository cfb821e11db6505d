"""Runs the application on uvicorn: in the foreground, or on a thread beside a client in the same process."""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
import time
from collections.abc import Iterator

import uvicorn
from starlette.applications import Starlette

from solami.errors import SolamiError
from solami.stream_server.config import ServerConfig
from solami.stream_server.protocol import MAX_MESSAGE_BYTES

_START_TIMEOUT_S = 20.0
# Beside a compute thread of pure Python a 20 ms tick of the loop was 11.8 ms late (p99) at the default of 5 ms.
_SWITCH_S = 0.0005


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
    )
    return uvicorn.Server(settings)


@contextlib.contextmanager
def background_server(app: Starlette, config: ServerConfig) -> Iterator[str]:
    """Serve on a free loopback port while the context lasts; yields the `ws://` address."""
    with socket.socket() as listener:
        listener.bind((config.host, 0))
        server = uvicorn_server(app, config)
        thread = threading.Thread(target=server.run, args=([listener],), name="solami-server", daemon=True)
        thread.start()
        try:
            _wait_started(server, thread)
            yield f"ws://{config.host}:{listener.getsockname()[1]}/v1/realtime"
        finally:
            server.should_exit = True
            thread.join(timeout=10)


def _wait_started(server: uvicorn.Server, thread: threading.Thread) -> None:
    deadline_s = time.monotonic() + _START_TIMEOUT_S
    while not server.started:
        if not thread.is_alive() or time.monotonic() > deadline_s:
            raise SolamiError("the server did not start; the log above says why")
        time.sleep(0.01)

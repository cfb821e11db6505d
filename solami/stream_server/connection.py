"""One WebSocket: moves messages between the socket and a hosted session. No rules of its own."""

from __future__ import annotations

import asyncio
import logging
import time

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from solami.stream_server.attachment import Attachment, Ending
from solami.stream_server.config import ServerConfig
from solami.stream_server.hosting import HostedSession
from solami.stream_server.protocol import CloseCode

logger = logging.getLogger(__name__)

_CLOSE_TIMEOUT_S = 1.0
# No goodbye came (uvicorn says 1005 for a broken connection, as for a goodbye without code), or no answer to pings.
_CUTS = frozenset({1005, 1006, 1011, 1012})


class Pace:
    """A client may send ten seconds' worth of messages at once; then it is read no faster than the rate."""

    def __init__(self, rate: float) -> None:
        self._rate, self._burst = rate, 10.0 * rate
        self._left, self._at_s = self._burst, 0.0

    def wait_s(self, now_s: float) -> float:
        """How long to wait before one more message is read."""
        self._left = min(self._burst, self._left + (now_s - self._at_s) * self._rate) - 1.0
        self._at_s = now_s
        return max(0.0, -self._left / self._rate)


async def serve_connection(
    socket: WebSocket, hosted: HostedSession, attachment: Attachment, config: ServerConfig
) -> None:
    """Serve an accepted socket until it closes or its session ends."""
    sender = asyncio.create_task(_send_all(socket, hosted, attachment, config.send_timeout_s))
    receiver = asyncio.create_task(_receive_all(socket, hosted, attachment, config))
    ending = Ending(CloseCode.INTERNAL, "the server failed")
    try:
        done, _ = await asyncio.wait({sender, receiver, attachment.ending}, return_when=asyncio.FIRST_COMPLETED)
        ending = next(iter(done)).result()
    finally:
        hosted.detach(attachment, ending)
        for task in (sender, receiver):
            task.cancel()
        await asyncio.gather(sender, receiver, return_exceptions=True)
    await close_socket(socket, ending.code, ending.reason)


async def close_socket(socket: WebSocket, code: CloseCode, reason: str) -> None:
    """Say goodbye to a client that may be gone, or may take nothing."""
    if socket.client_state is not WebSocketState.CONNECTED:
        return
    try:
        async with asyncio.timeout(_CLOSE_TIMEOUT_S):
            await socket.close(code, reason)
    except (TimeoutError, WebSocketDisconnect, RuntimeError) as error:
        logger.info("a client left without a goodbye: %r", error)


async def _receive_all(
    socket: WebSocket, hosted: HostedSession, attachment: Attachment, config: ServerConfig
) -> Ending:
    idle_s, pace = config.idle_timeout_s, Pace(config.max_messages_per_s)
    while True:
        await asyncio.sleep(pace.wait_s(time.monotonic()))
        try:
            message = await asyncio.wait_for(socket.receive(), idle_s)
        except TimeoutError:
            return Ending(CloseCode.NORMAL, f"nothing arrived for {idle_s:g} s")
        if message["type"] == "websocket.disconnect":
            return Ending(CloseCode.NORMAL, "the client left", is_final=message.get("code", 1005) not in _CUTS)
        text = message.get("text")
        hosted.take(attachment, message["bytes"] if text is None else text)


async def _send_all(socket: WebSocket, hosted: HostedSession, attachment: Attachment, timeout_s: float) -> Ending:
    while True:
        entry = await hosted.next(attachment)
        try:
            async with asyncio.timeout(timeout_s):
                await send(socket, entry.message.data)
        except TimeoutError:
            return Ending(CloseCode.TRY_AGAIN, "the client takes too little", is_final=False)
        except (WebSocketDisconnect, RuntimeError):  # starlette raises RuntimeError on a socket that has closed
            return await asyncio.shield(attachment.ending)  # the receiver learns how the client left
        hosted.sent(attachment, entry)


async def send(socket: WebSocket, data: str | bytes) -> None:
    """Send one message."""
    if isinstance(data, str):
        await socket.send_text(data)
    else:
        await socket.send_bytes(data)

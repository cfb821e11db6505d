"""One session's messages over as many sockets as it takes: counts them, and comes back after a cut.

Knows the handshake and the resume rules of docs/protocol.md, and nothing of what the messages mean.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import deque
from collections.abc import AsyncIterator
from urllib.parse import urlencode, urlsplit, urlunsplit

import websockets
from websockets.asyncio.client import ClientConnection

from solami.errors import ProtocolError, SolamiError
from solami.stream_server.protocol import KEY_SUBPROTOCOL_PREFIX, MAX_MESSAGE_BYTES, PROTOCOL_VERSION, SUBPROTOCOL

logger = logging.getLogger(__name__)

BACK_OFF_S = (0.0, 1.0, 2.0, 4.0)  # then 4 s again, until the server no longer waits
KEEP_S, KEEP_BYTES = 60.0, 16 << 20  # sent messages kept for a resumed connection
_CUTS = frozenset({1005, 1006, 1011, 1012, 1013})


class Link:
    """A session's messages in order, each once. Make it with `open_link`."""

    def __init__(self, url: str, api_key: str | None, timeout_s: float, socket: ClientConnection) -> None:
        self._url, self._api_key, self._timeout_s = url, api_key, timeout_s
        self._socket: ClientConnection | None = socket
        self._kept: deque[tuple[float, str | bytes]] = deque()
        self._kept_bytes = 0
        self._order = asyncio.Lock()
        self._token, self._resume_s = "", 0.0
        self.sent = self.received = 0  # messages of this session, the server's greeting included
        self.resumes = 0

    async def send(self, data: str | bytes) -> None:
        """Send a message now, or as soon as there is a connection again."""
        async with self._order:
            self._keep(data)
            if self._socket is not None:
                await self._try_send(self._socket, data)

    async def messages(self) -> AsyncIterator[str | bytes]:
        """The server's messages, until the session ends.

        Raises:
            ProtocolError: `closed` with the server's reason, or `resume_failed`.
        """
        while self._socket is not None:
            socket = self._socket
            try:
                async for data in socket:
                    self._count(data)
                    yield data
            except websockets.ConnectionClosed:
                pass  # the codes below say how
            self._socket = None
            code, reason = socket.close_code, socket.close_reason
            if not self._token or code not in _CUTS:
                raise ProtocolError("closed", f"The server closed the connection ({code} {reason}).")
            logger.warning("the connection broke (%s %s); resuming", code, reason)
            await self._resume()

    async def close(self) -> None:
        """Leave: the server does not wait."""
        socket, self._socket, self._token = self._socket, None, ""
        if socket is not None:
            await socket.close()

    def _count(self, data: str | bytes) -> None:
        self.received += 1
        if self.received == 1 and isinstance(data, str):
            resume = json.loads(data).get("resume") or {"token": "", "seconds": 0.0}
            self._token, self._resume_s = resume["token"], float(resume["seconds"])

    async def _resume(self) -> None:
        """Connect again, with growing pauses, for as long as the server waits."""
        deadline_s, tries = time.monotonic() + self._resume_s, 0
        while True:
            await asyncio.sleep(BACK_OFF_S[min(tries, len(BACK_OFF_S) - 1)])
            tries += 1
            try:
                await self._try_resume()
            except (OSError, websockets.WebSocketException, TimeoutError) as error:
                if time.monotonic() > deadline_s:
                    raise ProtocolError("resume_failed", f"The server did not answer again ({error}).") from error
                continue
            self.resumes += 1
            return

    async def _try_resume(self) -> None:
        query = {"protocol": PROTOCOL_VERSION, "resume": self._token, "received": self.received}
        socket = await dial(_with_query(self._url, query), self._api_key, self._timeout_s)
        greeting = json.loads(await asyncio.wait_for(socket.recv(), self._timeout_s))
        if greeting["type"] != "session.resumed":
            await socket.close()
            body = greeting.get("error", {})
            raise ProtocolError(body.get("code", "resume_failed"), body.get("message", "The server refused."))
        async with self._order:
            missing = self.sent - int(greeting["received"])
            if missing > len(self._kept):
                await socket.close()
                raise ProtocolError("resume_failed", f"The server lacks {missing} messages; some are no longer kept.")
            self._socket = socket
            for _, data in list(self._kept)[len(self._kept) - missing :]:
                await self._try_send(socket, data)

    async def _try_send(self, socket: ClientConnection, data: str | bytes) -> None:
        try:
            await socket.send(data)
        except websockets.ConnectionClosed:
            logger.debug("kept for the next connection: %d bytes", len(data))

    def _keep(self, data: str | bytes) -> None:
        now_s = time.monotonic()
        self.sent += 1
        self._kept.append((now_s, data))
        self._kept_bytes += len(data)
        while len(self._kept) > 1 and (self._kept_bytes > KEEP_BYTES or self._kept[0][0] < now_s - KEEP_S):
            self._kept_bytes -= len(self._kept.popleft()[1])


def _with_query(url: str, query: dict[str, object]) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query=urlencode(query)))


async def dial(url: str, api_key: str | None, timeout_s: float) -> ClientConnection:
    """A socket to the server. Raises OSError, TimeoutError or websockets' exceptions."""
    subprotocols = [websockets.Subprotocol(SUBPROTOCOL)]
    if api_key:
        subprotocols.append(websockets.Subprotocol(KEY_SUBPROTOCOL_PREFIX + api_key))
    return await websockets.connect(
        url, subprotocols=subprotocols, max_size=16 * MAX_MESSAGE_BYTES, compression=None, open_timeout=timeout_s
    )


async def open_link(url: str, api_key: str | None = None, timeout_s: float = 10.0) -> Link:
    """A new session's link. Raises SolamiError where nothing answers."""
    try:
        return Link(url, api_key, timeout_s, await dial(url, api_key, timeout_s))
    except (OSError, websockets.WebSocketException, TimeoutError) as error:
        raise SolamiError(f"{url}: no solami server answers there ({error}); start one with `solami serve`") from error

"""A session's present connection, and how connections end."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from solami.stream_server.protocol import CloseCode


@dataclass(frozen=True, slots=True)
class Ending:
    """How a connection ended; `is_final` ends its session too."""

    code: CloseCode
    reason: str
    is_final: bool = True


class Attachment:
    """How far a connection has sent the session's messages, and why it must end, once that is known."""

    def __init__(self, position: int) -> None:
        self.position = position
        self.ending: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()

    def end(self, ending: Ending) -> None:
        """Tell whoever serves the connection to stop; the first reason counts."""
        if not self.ending.done():
            self.ending.set_result(ending)

"""A session's messages on their way to its client: logged until it has them, sent by whichever connection it has.

Event loop, no sockets: a connection asks for the next message and says when it has taken it.
"""

from __future__ import annotations

import asyncio
import time

from solami.errors import ProtocolError
from solami.stream_server.attachment import Attachment, Ending
from solami.stream_server.outgoing import Entry, Outgoing, OutgoingLog
from solami.stream_server.protocol import CloseCode


class Delivery:
    """One session's."""

    def __init__(self, keep_s: float, max_bytes: int) -> None:
        """Take how long, and how many, messages are kept for a connection that may come back."""
        self._log = OutgoingLog(keep_s, max_bytes)
        self._attachment: Attachment | None = None
        self._changed = asyncio.Event()

    @property
    def is_attached(self) -> bool:
        """Whether the client is there."""
        return self._attachment is not None

    @property
    def is_behind(self) -> bool:
        """Whether the client is there and has not been sent everything."""
        return self._attachment is not None and self._log.is_behind

    @property
    def is_lost(self) -> bool:
        """Whether a message was dropped before any connection sent it: nobody can resume."""
        return self._log.is_lost

    def serves(self, attachment: Attachment) -> bool:
        """Whether this is the present connection."""
        return attachment is self._attachment

    def lacking(self, attachment: Attachment) -> int:
        """How many messages the connection has still to send."""
        return self._log.count - attachment.position

    def attach(self, received: int) -> Attachment:
        """Serve a new connection from message `received` + 1 on; an older connection ends.

        Raises:
            ProtocolError: `resume_failed` when those messages are not kept, or were never sent.
        """
        if not self._log.first - 1 <= received <= self._log.sent or self._log.is_lost:
            raise ProtocolError("resume_failed", "What you lack is no longer kept; start a new session.")
        self.end(Ending(CloseCode.NORMAL, "the session goes on in another connection", False))
        self._attachment = Attachment(received)
        self.tell()
        return self._attachment

    def detach(self) -> None:
        """The connection is gone."""
        self._attachment = None
        self.tell()

    def end(self, ending: Ending) -> None:
        """Tell the connection, if there is one, to stop."""
        if self._attachment is not None:
            self._attachment.end(ending)

    def post(self, messages: list[Outgoing]) -> None:
        """Messages for the client, in order."""
        now_s = time.perf_counter()
        for message in messages:
            self._log.append(message, now_s)
        if messages:
            self.tell()

    def forget(self, received: int) -> None:
        """The client has every message up to `received`. Raises ProtocolError `invalid_event` if it cannot."""
        self._log.forget(received)

    async def next(self, attachment: Attachment) -> Entry:
        """The next message for this connection, as soon as there is one."""
        while (entry := self._log.get(attachment.position + 1)) is None:
            await self.change()
        return entry

    def sent(self, attachment: Attachment) -> float | None:
        """The connection has taken the message that `next` gave; the time, where no connection had sent it before."""
        now_s = time.perf_counter()
        attachment.position += 1
        is_first = attachment.position > self._log.sent
        self._log.sent = max(self._log.sent, attachment.position)
        if attachment.position >= self._log.sent:  # what a resumed connection still lacks is kept, however old
            self._log.expire(now_s)
        self.tell()
        return now_s if is_first else None

    async def until_taken(self) -> None:
        """Wait until the connection, if there is one, has taken everything."""
        while self._attachment is not None and self.lacking(self._attachment):
            await self.change()

    async def change(self) -> None:
        """Wait until something here, or of the session, has changed."""
        await self._changed.wait()

    def tell(self) -> None:
        """Wake whoever waits for a change."""
        self._changed.set()
        self._changed = asyncio.Event()

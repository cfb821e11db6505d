"""Messages for the client, and the log of them that a resumed connection is served from.

Sans-I/O. Messages are numbered from 1 (`session.created`); both sides count, so that a client can say what it has.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from solami.errors import ProtocolError
from solami.stream_server.response import Mark


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message for the client; `mark` names what its sending completes."""

    data: str | bytes
    mark: Mark | None = None

    @property
    def size(self) -> int:
        """Bytes it takes in the log, roughly."""
        return len(self.data) + 64


@dataclass(frozen=True, slots=True)
class Entry:
    """A message and when it was written."""

    message: Outgoing
    at_s: float


class OutgoingLog:
    """The last messages of a session: at most `keep_s` old once sent, and never more than `max_bytes`."""

    def __init__(self, keep_s: float, max_bytes: int) -> None:
        self._keep_s, self._max_bytes = keep_s, max_bytes
        self._entries: deque[Entry] = deque()
        self._bytes = 0
        self.count = 0  # messages so far
        self.sent = 0  # of them, the highest that was sent on some connection

    @property
    def first(self) -> int:
        """Number of the oldest message that is kept."""
        return self.count - len(self._entries) + 1

    @property
    def is_lost(self) -> bool:
        """Whether a message was dropped before any connection sent it: nobody can resume."""
        return self.first > self.sent + 1

    @property
    def is_behind(self) -> bool:
        """Whether there are messages that no connection has sent."""
        return self.sent < self.count

    def append(self, message: Outgoing, now_s: float) -> None:
        """Number a message and keep it; old ones go when there are too many bytes."""
        self.count += 1
        self._entries.append(Entry(message, now_s))
        self._bytes += message.size
        while self._bytes > self._max_bytes and len(self._entries) > 1:
            self._drop()

    def get(self, number: int) -> Entry | None:
        """Message `number`; None if it does not exist yet. Raises ProtocolError `resume_failed` if it is gone."""
        if number > self.count:
            return None
        if number < self.first:
            raise ProtocolError("resume_failed", f"Messages before {self.first} are no longer kept.")
        return self._entries[number - self.first]

    def forget(self, received: int) -> None:
        """The client has every message up to `received`. Raises ProtocolError `invalid_event` if it cannot."""
        if received > self.sent:
            raise ProtocolError("invalid_event", f"received: {self.sent} messages were sent; got {received}.")
        while self._entries and self.first <= received:
            self._drop()

    def expire(self, now_s: float) -> None:
        """Drop messages that were sent and are older than the log keeps them."""
        while self._entries and self.first <= self.sent and now_s - self._entries[0].at_s > self._keep_s:
            self._drop()

    def _drop(self) -> None:
        self._bytes -= self._entries.popleft().message.size

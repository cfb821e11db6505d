"""What the character is doing, as clients see it."""

from __future__ import annotations

from typing import Literal

from solami.stream_server.outgoing import Outgoing
from solami.stream_server.writer import MessageWriter

State = Literal["idle", "listening", "thinking", "speaking", "interrupted"]


class AvatarState:
    """One session's."""

    def __init__(self, writer: MessageWriter) -> None:
        self._writer = writer
        self.now: State = "idle"

    def enter(self, state: State) -> list[Outgoing]:
        """Another state; the client is told of changes only."""
        if state == self.now:
            return []
        self.now = state
        return [self._writer.event("avatar.state", state=state)]

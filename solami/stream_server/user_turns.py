"""The user's turns as the client sees them: their items, typed or spoken, and the events around them."""

from __future__ import annotations

import uuid
from typing import Any

from solami.errors import ProtocolError
from solami.stream_server import commands as cmd
from solami.stream_server import events as ev
from solami.stream_server.items import Items, message, user_turn_id
from solami.stream_server.outgoing import Outgoing
from solami.stream_server.writer import MessageWriter

Answer = tuple[list[cmd.Command], list[Outgoing]]


class UserTurns:
    """Follows the turns of one conversation, as the worker counts them."""

    def __init__(self, writer: MessageWriter, items: Items) -> None:
        self._writer, self._items = writer, items
        self._turn = 0
        self._is_typed = False  # the open turn, or the last, is of typed words
        self._answered_s = 0.0  # how far the turns that were answered reach on the clock of the user's audio

    @property
    def next_id(self) -> str:
        """The item of the turn that is open or opens next."""
        return user_turn_id(self._turn + 1)

    def begin_conversation(self) -> None:
        """The worker counts from 1 again."""
        self._turn, self._is_typed = 0, False

    def drop(self) -> None:
        """The open turn is dropped."""
        self._is_typed = False

    def typed(self, item: ev.UserMessage) -> Answer:
        """Typed words open a turn or go on with it. Raises ProtocolError for an id that is taken."""
        item_id = item.id or (self.next_id if self.next_id not in self._items else f"item_{uuid.uuid4().hex[:12]}")
        if item_id in self._items:
            raise ProtocolError("invalid_event", "item.id: the conversation has such an item already.")
        self._is_typed = True
        content = [{"type": "input_text", "text": part.text} for part in item.content]
        commands: list[cmd.Command] = [cmd.TextIn(part.text) for part in item.content]
        return commands, self._add(message(item_id, "user", "completed", content))

    def ended(self, turn: int) -> list[Outgoing]:
        """The worker has closed the turn."""
        item_id, self._turn = user_turn_id(turn), turn
        committed = self._writer.event("input_audio_buffer.committed", item_id=item_id)
        if self._is_typed:
            return [committed]
        return [committed, *self._add(message(item_id, "user", "completed", [{"type": "input_audio"}]))]

    def answered(self, audio_s: float) -> tuple[str | None, float]:
        """A response begins: the spoken turn that it answers, None for a typed one, and its seconds of audio."""
        item_id = None if self._is_typed else user_turn_id(self._turn)
        seconds, self._answered_s, self._is_typed = audio_s - self._answered_s, audio_s, False
        return item_id, seconds

    def _add(self, item: dict[str, Any]) -> list[Outgoing]:
        previous = self._items.put(item)
        added = self._writer.event("conversation.item.added", previous_item_id=previous, item=item)
        return [added, self._writer.event("conversation.item.done", previous_item_id=previous, item=item)]

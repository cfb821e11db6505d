"""The conversation's items as OpenAI's protocol has them: one message a turn of the user and one a response.

They are for clients to read; what the model remembers is the conversation's business.
"""

from __future__ import annotations

from typing import Any, Literal

from solami.errors import ProtocolError

Item = dict[str, Any]
ItemStatus = Literal["in_progress", "completed", "incomplete"]
KEPT = 128  # items that can still be retrieved


def user_turn_id(turn: int) -> str:
    """The item of the conversation's turn, counted from 1."""
    return f"item_u{turn}"


def response_item_id(epoch: int) -> str:
    """The item of the response with this epoch."""
    return f"item_r{epoch}"


def message(item_id: str, role: Literal["user", "assistant"], status: ItemStatus, content: list[Item]) -> Item:
    """A message item."""
    return {
        "id": item_id,
        "object": "realtime.item",
        "type": "message",
        "status": status,
        "role": role,
        "content": content,
    }


class Items:
    """The last items, in order."""

    def __init__(self) -> None:
        self._items: dict[str, Item] = {}
        self.last_id: str | None = None

    def put(self, item: Item) -> str | None:
        """Add an item, or replace the one with its id; returns the id of the item before it."""
        item_id, previous = item["id"], self.last_id
        if item_id in self._items:
            self._items[item_id] = item
            return None
        self._items[item_id] = item
        self.last_id = item_id
        while len(self._items) > KEPT:
            del self._items[next(iter(self._items))]
        return previous

    def clear(self) -> None:
        """A new conversation begins."""
        self._items.clear()
        self.last_id = None

    def get(self, item_id: str) -> Item:
        """An item. Raises ProtocolError `item_not_found`."""
        if item_id not in self._items:
            raise ProtocolError("item_not_found", "The conversation has no such item, or no longer.")
        return self._items[item_id]

    def __contains__(self, item_id: str) -> bool:
        return item_id in self._items

"""The list of items."""

import pytest

from solami.errors import ProtocolError
from solami.stream_server.items import KEPT, Items, message, response_item_id, user_turn_id


def test_items_know_what_came_before_them() -> None:
    """An item says which it follows, until its next version replaces it in place."""
    items = Items()
    first, second = (message(user_turn_id(n), "user", "completed", []) for n in (1, 2))
    assert (items.put(first), items.put(second)) == (None, "item_u1")
    later = message("item_u1", "user", "completed", [{"type": "input_audio", "transcript": "hi"}])
    assert items.put(later) is None and items.get("item_u1") == later and items.last_id == "item_u2"


def test_only_the_last_are_kept() -> None:
    """A long conversation forgets its oldest items, and says that it has."""
    items = Items()
    for epoch in range(KEPT + 1):
        items.put(message(response_item_id(epoch), "assistant", "completed", []))
    assert "item_r1" in items
    with pytest.raises(ProtocolError, match="no longer"):
        items.get("item_r0")

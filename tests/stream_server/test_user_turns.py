"""The user's turns and their items."""

import json
from typing import Any

import pytest

from solami.errors import ProtocolError
from solami.stream_server import commands as cmd
from solami.stream_server.events import UserMessage
from solami.stream_server.items import Items
from solami.stream_server.user_turns import UserTurns
from solami.stream_server.writer import MessageWriter


def _typed(text: str, **fields: Any) -> UserMessage:
    return UserMessage.model_validate({"content": [{"type": "input_text", "text": text}], **fields})


def test_typed_turns_have_one_item_from_the_start() -> None:
    """Typed words are an item at once, with the turn's id; the end of the turn adds none."""
    items = Items()
    turns = UserTurns(MessageWriter(), items)
    commands, messages = turns.typed(_typed("hi"))
    assert commands == [cmd.TextIn("hi")] and json.loads(messages[0].data)["item"]["id"] == "item_u1"
    turns.typed(_typed("there"))
    assert [json.loads(m.data)["type"] for m in turns.ended(1)] == ["input_audio_buffer.committed"]
    assert turns.answered(0.0) == (None, 0.0) and turns.next_id == "item_u2"


def test_spoken_turns_become_items_when_they_end() -> None:
    """A spoken turn's item follows its commit; the answer knows it and its length."""
    turns = UserTurns(MessageWriter(), Items())
    kinds = [json.loads(m.data)["type"] for m in turns.ended(1)]
    assert kinds == ["input_audio_buffer.committed", "conversation.item.added", "conversation.item.done"]
    assert turns.answered(2.5) == ("item_u1", 2.5)
    turns.ended(2)
    assert turns.answered(4.0) == ("item_u2", 1.5)


def test_ids_are_taken_once() -> None:
    """A client's own id for an item is kept, and refused the second time."""
    turns = UserTurns(MessageWriter(), Items())
    _, (added, _) = turns.typed(_typed("hi", id="mine"))
    assert json.loads(added.data)["item"]["id"] == "mine"
    with pytest.raises(ProtocolError, match="already"):
        turns.typed(_typed("hi", id="mine"))

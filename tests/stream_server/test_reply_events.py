"""A response's events, in order."""

import json
from typing import Any

from solami.stream_server import outputs as op
from solami.stream_server.items import Items
from solami.stream_server.outgoing import Outgoing
from solami.stream_server.reply_events import ReplyEvents
from solami.stream_server.writer import MessageWriter

STARTED = op.ReplyStarted(1, 10.0, 0.0, 0.0)


def _events(messages: list[Outgoing]) -> list[dict[str, Any]]:
    return [json.loads(message.data) for message in messages]


def _reply() -> tuple[ReplyEvents, Items]:
    items = Items()
    return ReplyEvents(MessageWriter(), items, 30.0), items


def test_words_that_were_heard_are_complete_once_others_follow() -> None:
    """Transcription deltas end with one `completed` of all of them, and the user's item holds the words."""
    reply, items = _reply()
    reply.begin(STARTED, "item_u1", 1.5)
    pieces = [op.ReplyText(1, "heard", "hi "), op.ReplyText(1, "heard", "there"), op.ReplyText(1, "said", "Hello")]
    events = _events([message for piece in pieces for message in reply.piece(piece)])
    ends = [event for event in events if event["type"].endswith("transcription.completed")]
    assert [(e["item_id"], e["transcript"], e["usage"]["seconds"]) for e in ends] == [("item_u1", "hi there", 1.5)]
    assert items.get("item_u1")["content"][0]["transcript"] == "hi there"


def test_typed_turns_have_no_transcription() -> None:
    """What the model writes of a typed turn is ours alone."""
    reply, _ = _reply()
    reply.begin(STARTED, None, 0.0)
    (heard,) = _events(reply.piece(op.ReplyText(1, "heard", "hi")))
    assert heard["type"] == "response.heard"


def test_the_end_says_why() -> None:
    """A response that did not complete names the reason, and its item what was said of it."""
    for status, by, reason in (
        ("cancelled", "client_cancelled", "client_cancelled"),
        ("incomplete", "turn_detected", "max_output_tokens"),
    ):
        reply, items = _reply()
        reply.begin(STARTED, None, 0.0)
        reply.piece(op.ReplyText(1, "said", "Well"))
        reply.cancelled_by = by  # type: ignore[assignment]
        done = _events(reply.end(op.ReplyEnded(1, status, (), 0.0), 24000))[-1]["response"]  # type: ignore[arg-type]
        assert done["status_details"] == {"type": status, "reason": reason}
        assert items.get("item_r1")["status"] == "incomplete" and reply.current is None
        assert done["output"][0]["content"] == [{"type": "output_audio", "transcript": "Well"}]

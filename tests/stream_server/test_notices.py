"""Messages of no response; their golden forms are in test_session."""

import json

import pytest

from solami.stream_server import outputs as op
from solami.stream_server.notices import Notice, notice
from solami.stream_server.protocol import MediaType, unpack_media
from solami.stream_server.settings import SessionSettings
from solami.stream_server.writer import MessageWriter


@pytest.mark.parametrize(
    ("output", "told"),
    [
        (op.InputTimeout(10.4, 20.6), {"audio_start_ms": 10, "audio_end_ms": 21, "item_id": "item_u3"}),
        (op.Truncated(2, 740.2), {"item_id": "item_r2", "content_index": 0, "audio_end_ms": 740}),
        (op.ItemsDropped(("item_u1",), ()), {"items": [], "words_kept": ["item_u1"]}),
    ],
)
def test_what_is_told(output: Notice, told: dict[str, object]) -> None:
    """Times are whole milliseconds; a timeout names the turn that it opens."""
    data = notice(output, MessageWriter(), "item_u3").data
    event = json.loads(data)
    assert {name: value for name, value in event.items() if name not in ("type", "event_id")} == told


@pytest.mark.parametrize(
    ("output", "kind"),
    [(op.IdlePoses(b"p", 1, 7), MediaType.AGENT_MOTION), (op.UserBody(b"p", 7), MediaType.USER_BODY)],
)
def test_what_is_shown(output: Notice, kind: MediaType) -> None:
    """Poses of no response are frames of epoch 0 on a clock of their own."""
    writer = MessageWriter()
    writer.choose(SessionSettings(media="binary"))
    data = notice(output, writer, "").data
    assert isinstance(data, bytes)
    frame = unpack_media(data)
    assert frame is not None
    assert (frame.type, frame.epoch, frame.sample, frame.payload) == (kind, 0, 7, b"p")

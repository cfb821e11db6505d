"""Numbers and shapes of messages."""

import json

from solami.stream_server.protocol import MediaType, unpack_media
from solami.stream_server.writer import Media, MessageWriter


def test_frames_count_by_type() -> None:
    """Each media type has a sequence of its own, of a response or not; marks stay with the message."""
    writer = MessageWriter()
    writer.mode = "binary"
    media = [
        Media(MediaType.AGENT_MOTION, b"", 0),
        Media(MediaType.AUDIO, b"", 0, 1, "audio"),
        Media(MediaType.AGENT_MOTION, b"", 7, 1),
    ]
    written = [writer.media(one, {}) for one in media]
    frames = [unpack_media(m.data) for m in written if isinstance(m.data, bytes)]
    assert [(f.type, f.seq, f.epoch, f.sample) for f in frames if f] == [(2, 0, 0, 0), (1, 0, 1, 0), (2, 1, 1, 7)]
    assert written[1].mark == "audio"


def test_base64_carries_the_same() -> None:
    """Without binary frames media are events, those of no response the avatar's."""
    writer = MessageWriter()
    events = [json.loads(writer.media(Media(MediaType.AGENT_MOTION, b"\x01", 5, epoch), {}).data) for epoch in (0, 3)]
    assert [event["type"] for event in events] == ["avatar.motion.delta", "response.motion.delta"]
    assert all((event["delta"], event["sample"]) == ("AQ==", 5) for event in events)
    assert [event["event_id"] for event in events] == ["event_1", "event_2"]

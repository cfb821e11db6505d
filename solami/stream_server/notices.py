"""Messages that belong to no response and change nothing: the client is told, or shown, and the session goes on."""

from __future__ import annotations

from typing import assert_never

from solami.stream_server import outputs as op
from solami.stream_server.items import response_item_id
from solami.stream_server.outgoing import Outgoing
from solami.stream_server.protocol import MediaType
from solami.stream_server.writer import Media, MessageWriter

Notice = op.InputTimeout | op.Truncated | op.ItemsDropped | op.IdlePoses | op.UserBody


def notice(output: Notice, writer: MessageWriter, next_item: str) -> Outgoing:
    """The message for it; `next_item`: the id of the turn that is open or opens next."""
    match output:
        case op.InputTimeout(start_ms, end_ms):
            span = {"audio_start_ms": round(start_ms), "audio_end_ms": round(end_ms)}
            return writer.event("input_audio_buffer.timeout_triggered", **span, item_id=next_item)
        case op.Truncated(epoch, end_ms):
            where = {"item_id": response_item_id(epoch), "content_index": 0}
            return writer.event("conversation.item.truncated", **where, audio_end_ms=round(end_ms))
        case op.ItemsDropped(to_words, gone):
            return writer.event("conversation.items.dropped", items=list(gone), words_kept=list(to_words))
        case op.IdlePoses():
            return writer.media(Media(*writer.motion(output), output.sample), {})
        case op.UserBody(poses, sample):
            return writer.media(Media(MediaType.USER_BODY, poses, sample), {})
        case _:
            assert_never(output)

"""A response as the client sees it: the events around it, its words, and its media in order.

The order of the events that OpenAI's protocol has is theirs; `response.heard`, `response.saw` and the media of the body
are ours. What a cancelled response leaves behind is dropped here, but for its end.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, assert_never

from solami.stream_server import outputs as op
from solami.stream_server.items import Item, Items, ItemStatus, message, response_item_id
from solami.stream_server.outgoing import Outgoing
from solami.stream_server.protocol import MediaType
from solami.stream_server.response import Mark, Response
from solami.stream_server.writer import Media, MessageWriter

ReplyPiece = op.ReplyAudio | op.ReplyMotion | op.ReplyVisemes | op.ReplyText | op.ReplyStage
CancelReason = Literal["turn_detected", "client_cancelled"]


class ReplyEvents:
    """Writes one response after another."""

    def __init__(self, writer: MessageWriter, items: Items, fps: float) -> None:
        self._writer, self._items, self._fps = writer, items, fps
        self._response: Response | None = None
        self._said = self._heard = ""
        self._user_item: str | None = None  # whose words `heard` are
        self._user_s = 0.0
        self._heard_is_over = False
        self.cancelled_epoch = 0  # responses up to this one are not to be generated or sent any further
        self.cancelled_by: CancelReason = "turn_detected"
        self.on_done: Callable[[dict[str, Any]], None] = lambda _: None

    @property
    def current(self) -> Response | None:
        """The response that is being sent, if any."""
        return self._response

    def begin(self, started: op.ReplyStarted, user_item: str | None, user_s: float) -> list[Outgoing]:
        """The response has been asked for; `user_item` is the spoken turn that it answers, of so many seconds."""
        response = self._response = Response(started)
        self._said = self._heard = ""
        self._user_item, self._user_s, self._heard_is_over = user_item, user_s, False
        self.cancelled_by = "turn_detected"
        item, part = self._item("in_progress"), {"type": "audio", "transcript": ""}
        write, ids = self._writer.event, response.ids()
        body = {"id": response.id, "object": "realtime.response", "status": "in_progress", "output": []}
        created = write("response.created", response=body | {"epoch": started.epoch})
        added = write("response.output_item.added", response_id=response.id, output_index=0, item=item)
        previous = self._items.put(item)
        listed = write("conversation.item.added", previous_item_id=previous, item=item)
        return [created, added, listed, write("response.content_part.added", **ids, part=part)]

    def piece(self, output: ReplyPiece) -> list[Outgoing]:
        """One piece of the current response."""
        response = self._response
        assert response is not None
        match output:
            case op.ReplyAudio():
                response.audio_samples += len(output.pcm) // 2
                mark: Mark = "loud_audio" if output.is_loud else "audio"
                return self._media(MediaType.AUDIO, output.pcm, output.sample, mark)
            case op.ReplyMotion():
                response.motion_frames += output.frames
                return self._media(*self._writer.motion(output), output.sample, "motion")
            case op.ReplyVisemes():
                return self._media(MediaType.VISEMES, output.weights, output.sample, None)
            case op.ReplyText():
                return self._text(output, response)
            case op.ReplyStage(spent=spent):
                response.budget.add(spent.stage, spent.spent_ms)
                return []
            case _:
                assert_never(output)

    def end(self, ended: op.ReplyEnded, output_rate: int) -> list[Outgoing]:
        """The current response is over."""
        response = self._response
        assert response is not None
        write, ids = self._writer.event, response.ids()
        item = self._item("completed" if ended.status == "completed" else "incomplete")
        self._items.put(item)
        out = self._end_heard()
        out.append(write("response.output_audio.done", **ids))
        out.append(write("response.output_audio_transcript.done", **ids, transcript=self._said))
        part = {"type": "audio", "transcript": self._said}
        out.append(write("response.content_part.done", **ids, part=part))
        out.append(write("response.output_item.done", response_id=response.id, output_index=0, item=item))
        out.append(write("conversation.item.done", item=item))
        reason = {"cancelled": self.cancelled_by, "incomplete": "max_output_tokens"}.get(ended.status)
        details = None if reason is None else {"type": ended.status, "reason": reason}
        body = {"object": "realtime.response", "status_details": details, "output": [item]}
        done = response.done(ended, output_rate, self._fps) | body
        self._response = None
        self.on_done(done)
        return [*out, write("response.done", response=done)]

    def _text(self, output: op.ReplyText, response: Response) -> list[Outgoing]:
        ids, text = response.ids(), output.text
        if output.kind == "heard":
            self._heard += text
            out = [self._writer.event("response.heard", **ids, delta=text)]
            if self._user_item is not None and not self._heard_is_over:
                where = {"item_id": self._user_item, "content_index": 0}
                out.append(self._writer.event("conversation.item.input_audio_transcription.delta", **where, delta=text))
            return out
        if output.kind == "saw":
            return [*self._end_heard(), self._writer.event("response.saw", **ids, delta=text)]
        if output.kind == "does":
            return [self._writer.event("response.does", **ids, delta=text)]
        self._said += text
        return [*self._end_heard(), self._writer.event("response.output_audio_transcript.delta", **ids, delta=text)]

    def _end_heard(self) -> list[Outgoing]:
        """The user's words are complete once something else follows them."""
        if not self._heard or self._heard_is_over or self._user_item is None:
            return []
        self._heard_is_over = True
        content = [{"type": "input_audio", "transcript": self._heard.strip()}]
        self._items.put(message(self._user_item, "user", "completed", content))
        return [
            self._writer.event(
                "conversation.item.input_audio_transcription.completed",
                item_id=self._user_item,
                content_index=0,
                transcript=self._heard.strip(),
                usage={"type": "duration", "seconds": round(self._user_s, 3)},
            )
        ]

    def _media(self, kind: MediaType, payload: bytes, sample: int, mark: Mark | None) -> list[Outgoing]:
        assert self._response is not None
        media = Media(kind, payload, sample, self._response.epoch, mark)
        return [self._writer.media(media, self._response.ids())]

    def _item(self, status: ItemStatus) -> Item:
        assert self._response is not None
        content: list[dict[str, Any]] = [{"type": "output_audio", "transcript": self._said}] if self._said else []
        return message(response_item_id(self._response.epoch), "assistant", status, content)

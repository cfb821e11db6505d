"""The client's half of a session: its messages in, commands for the compute thread and answers out. No I/O.

What a session answers to the compute thread's outputs is `session`'s; what events there are, that of `events`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from solami.errors import ProtocolError
from solami.stream_server import commands as cmd
from solami.stream_server import events as ev
from solami.stream_server.avatar_state import AvatarState
from solami.stream_server.incoming import MediaReader
from solami.stream_server.items import Items
from solami.stream_server.negotiation import Negotiation
from solami.stream_server.outgoing import Outgoing
from solami.stream_server.reply_events import ReplyEvents
from solami.stream_server.user_turns import Answer, UserTurns
from solami.stream_server.writer import MessageWriter


class ClientSide:
    """Reads what one client sends."""

    def __init__(
        self,
        agreed: Negotiation,
        writer: MessageWriter,
        items: Items,
        turns: UserTurns,
        reply: ReplyEvents,
        state: AvatarState,
    ) -> None:
        self._agreed, self._writer, self._items, self._turns = agreed, writer, items, turns
        self._reply, self._state = reply, state
        self._media = MediaReader()
        self.acknowledged = 0  # messages that the client says it has
        self._underruns = 0  # as the client counts
        self.on_underruns: Callable[[int], None] = lambda _: None

    @property
    def audio_s(self) -> float:
        """Seconds of sound that have come."""
        return self._media.audio_s

    def on_text(self, text: str, now_s: float) -> Answer:
        """One JSON message. Mistakes become error events, never exceptions."""
        try:
            return self._on_event(ev.parse_client_event(text), now_s)
        except ProtocolError as error:
            return [], [self._writer.error(error.code, str(error), ev.event_id_of(text))]

    def on_binary(self, message: bytes) -> Answer:
        """One media frame; unknown types are skipped."""
        try:
            command = self._media.frame(message, self._agreed.settings)
        except ProtocolError as error:
            return [], [self._writer.error(error.code, str(error))]
        return ([], []) if command is None else ([command], self._hear())

    def _on_event(self, event: ev.ClientEvent, now_s: float) -> Answer:
        match event:
            case ev.SessionUpdate(session=patch):
                return [cmd.Configure(self._agreed.request(patch, event.ignored))], []
            case ev.AudioAppend():
                return [self._media.audio(event.payload(), self._agreed.settings)], self._hear()
            case ev.MotionAppend():
                return [self._media.motion(event.payload(), self._agreed.settings)], self._hear()
            case ev.AudioCommit():
                return [cmd.EndTurn(now_s)], []
            case ev.AudioClear():
                return [cmd.ClearInput()], []
            case ev.ItemCreate(item=item):
                return self._turns.typed(item)
            case ev.ItemRetrieve():
                return [], [self._writer.event("conversation.item.retrieved", item=self._items.get(event.item_id))]
            case ev.ItemTruncate():
                epoch = _epoch_of(event.item_id.removeprefix("item_r"))
                self._reply.cancelled_epoch = max(self._reply.cancelled_epoch, epoch)
                return [cmd.Truncate(epoch, event.audio_end_ms)], []
            case ev.ResponseCreate():
                return [cmd.Respond(now_s)], self._state.enter("thinking")
            case ev.ResponseCancel():
                return self._cancel(event)
            case ev.OutputPlayback():
                return self._on_playback(event, now_s)
            case _:
                assert_never(event)

    def _cancel(self, event: ev.ResponseCancel) -> Answer:
        response = self._reply.current
        if response is None or event.response_id not in (None, response.id):
            raise ProtocolError("response_cancel_not_active", "There is no such response to cancel.")
        self._reply.cancelled_epoch, self._reply.cancelled_by = response.epoch, "client_cancelled"
        return [cmd.Cancel(response.epoch)], self._state.enter("interrupted")

    def _on_playback(self, event: ev.OutputPlayback, now_s: float) -> Answer:
        self.acknowledged = event.received or self.acknowledged
        self.on_underruns(max(0, event.underruns - self._underruns))
        self._underruns = event.underruns
        if event.response_id is None:
            return [], []
        return [cmd.Playback(_epoch_of(event.response_id.removeprefix("resp_")), event.sample, now_s)], []

    def _hear(self) -> list[Outgoing]:
        """Without voice activity detection the first input opens the turn."""
        is_first = self._state.now == "idle" and self._agreed.settings.turn_detection is None
        return self._state.enter("listening") if is_first else []


def _epoch_of(text: str) -> int:
    if not text.isdigit() or len(text) > 9:
        raise ProtocolError("item_not_found", "No response has this id.")
    return int(text)

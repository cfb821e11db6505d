"""One session as a state machine without I/O: messages in, commands for the worker and messages for the client out.

States: idle, listening, thinking, speaking, interrupted. It knows which turn and which response are open and what was
cancelled; how things look on the wire is the writer's business. It knows no sockets, no event loop and no models.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any, Literal, assert_never

from solami.errors import ProtocolError
from solami.stream_server import commands as cmd
from solami.stream_server import events as ev
from solami.stream_server import outputs as op
from solami.stream_server.incoming import MediaReader
from solami.stream_server.items import Items
from solami.stream_server.negotiation import MotionBooks, Negotiation
from solami.stream_server.notices import notice
from solami.stream_server.outgoing import Outgoing
from solami.stream_server.reply_events import ReplyEvents, ReplyPiece
from solami.stream_server.response import Mark
from solami.stream_server.server_events import server_event
from solami.stream_server.settings import SessionSettings
from solami.stream_server.user_turns import Answer, UserTurns
from solami.stream_server.writer import MessageWriter

State = Literal["idle", "listening", "thinking", "speaking", "interrupted"]


class Session:
    """The protocol's side of one session."""

    def __init__(self, settings: SessionSettings, model: str, fps: float, books: MotionBooks | None = None) -> None:
        self.id = f"sess_{uuid.uuid4().hex[:16]}"
        self.state: State = "idle"
        self.acknowledged = 0  # messages that the client says it has
        self._agreed = Negotiation(settings, model, fps, books)
        self._writer, self._items, self._media = MessageWriter(), Items(), MediaReader()
        self._writer.choose(settings)
        self._turns = UserTurns(self._writer, self._items)
        self._reply = ReplyEvents(self._writer, self._items, fps)
        self.cancelled_epoch = 0  # responses up to this one are not to be generated or sent any further
        self.last_epoch = 0
        self._underruns = 0  # as the client counts
        self._on_underruns: Callable[[int], None] = lambda _: None

    def watch(self, on_reply: Callable[[dict[str, Any]], None], on_underruns: Callable[[int], None]) -> None:
        """Who is told of every `response.done`, and of gaps that the client reports."""
        self._reply.on_done, self._on_underruns = on_reply, on_underruns

    def hello(self, resume: dict[str, Any]) -> Outgoing:
        """The first message: who we are, what was assumed, what the streams look like, how to come back."""
        return self._writer.event("session.created", session=self._describe(), **self._agreed.greeting(), resume=resume)

    def resumed(self, received: int, replayed: int) -> str:
        """The greeting of a resumed connection; like an answer to a refused one it has no number."""
        counts = {"received": received, "replayed": replayed}
        return server_event("session.resumed", "event_0", session=self._describe(), **counts)

    def error(self, code: str, message: str) -> Outgoing:
        """An error event."""
        return self._writer.error(code, message)

    def draining(self, seconds: float) -> Outgoing:
        """The server stops soon."""
        return self._writer.event("server.draining", seconds=seconds)

    def restarted(self) -> list[Outgoing]:
        """The compute thread is a new one; the turn that was going on is lost."""
        epoch = 0 if self._reply.current is None else self._reply.current.epoch
        self._turns.drop()
        message = "The server's compute was restarted and this turn is lost; go on with the next."
        return self._on_failed(op.Failed("worker_restarted", message, epoch))

    @property
    def settings(self) -> SessionSettings:
        """What holds."""
        return self._agreed.settings

    @property
    def requested(self) -> SessionSettings:
        """What holds once all updates so far are confirmed."""
        return self._agreed.requested

    # From the client.

    def on_text(self, text: str, now_s: float) -> Answer:
        """One JSON message. Mistakes become error events, never exceptions."""
        try:
            return self._on_event(ev.parse_client_event(text), now_s)
        except ProtocolError as error:
            return [], [self._writer.error(error.code, str(error), ev.event_id_of(text))]

    def on_binary(self, message: bytes) -> Answer:
        """One media frame; unknown types are skipped."""
        try:
            command = self._media.frame(message, self.settings)
        except ProtocolError as error:
            return [], [self.error(error.code, str(error))]
        return ([], []) if command is None else ([command], self._hear())

    def _on_event(self, event: ev.ClientEvent, now_s: float) -> Answer:
        match event:
            case ev.SessionUpdate(session=patch):
                return [cmd.Configure(self._agreed.request(patch, event.ignored))], []
            case ev.AudioAppend():
                return [self._media.audio(event.payload(), self.settings)], self._hear()
            case ev.MotionAppend():
                return [self._media.motion(event.payload(), self.settings)], self._hear()
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
                self.cancelled_epoch = max(self.cancelled_epoch, epoch)
                return [cmd.Truncate(epoch, event.audio_end_ms)], []
            case ev.ResponseCreate():
                return [cmd.Respond(now_s)], self._enter("thinking")
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
        self.cancelled_epoch, self._reply.cancelled_by = response.epoch, "client_cancelled"
        return [cmd.Cancel(response.epoch)], self._enter("interrupted")

    def _on_playback(self, event: ev.OutputPlayback, now_s: float) -> Answer:
        self.acknowledged = event.received or self.acknowledged
        self._on_underruns(max(0, event.underruns - self._underruns))
        self._underruns = event.underruns
        if event.response_id is None:
            return [], []
        return [cmd.Playback(_epoch_of(event.response_id.removeprefix("resp_")), event.sample, now_s)], []

    def _hear(self) -> list[Outgoing]:
        """Without voice activity detection the first input opens the turn."""
        is_first = self.state == "idle" and self.settings.turn_detection is None
        return self._enter("listening") if is_first else []

    # From the compute worker.

    @property
    def is_replying(self) -> bool:
        """Whether a response has begun and not ended."""
        return self._reply.current is not None

    def on_output(self, output: op.Output) -> list[Outgoing]:
        """One piece of compute as messages, in order; pieces of a cancelled response vanish."""
        match output:
            case op.Configured(settings):
                return self._configured(settings)
            case op.SpeechEdge():
                return self._on_edge(output)
            case op.TurnEnded(turn):
                return self._turns.ended(turn)
            case op.InputCleared():
                self._turns.drop()
                return [self._writer.event("input_audio_buffer.cleared"), *self._enter("idle")]
            case op.ReplyStarted():
                self.last_epoch = output.epoch
                user_item, user_s = self._turns.answered(self._media.audio_s)
                return [*self._enter("thinking"), *self._reply.begin(output, user_item, user_s)]
            case op.InputTimeout() | op.Truncated() | op.ItemsDropped() | op.IdlePoses() | op.UserBody():
                return [notice(output, self._writer, self._turns.next_id)]
            case op.Failed():
                return self._on_failed(output)
            case _:
                return self._on_reply(output)

    def _configured(self, settings: SessionSettings) -> list[Outgoing]:
        if (settings.persona, settings.seed) != (self.settings.persona, self.settings.seed):
            self._turns.begin_conversation()
            self._items.clear()
        ignored = self._agreed.confirm(settings)
        self._writer.choose(settings)
        return [self._writer.event("session.updated", session=self._describe(), ignored=ignored or None)]

    def _on_edge(self, edge: op.SpeechEdge) -> list[Outgoing]:
        at_ms, item_id = round(edge.at_ms), self._turns.next_id
        if edge.kind == "stopped":
            return [self._writer.event("input_audio_buffer.speech_stopped", audio_end_ms=at_ms, item_id=item_id)]
        interrupted: list[Outgoing] = []
        if self.state in ("speaking", "thinking") and self._reply.current is not None:
            self.cancelled_epoch = self._reply.current.epoch
            interrupted = self._enter("interrupted")
        started = self._writer.event("input_audio_buffer.speech_started", audio_start_ms=at_ms, item_id=item_id)
        return [*interrupted, started, *self._enter("listening")]

    def _on_failed(self, failed: op.Failed) -> list[Outgoing]:
        if failed.code == "invalid_session":
            self._agreed.refuse()
        out = [self._writer.error(failed.code, failed.message, retry_after_s=failed.retry_after_s)]
        response = self._reply.current
        if response is not None and failed.epoch == response.epoch:
            ended = op.ReplyEnded(failed.epoch, "failed", (), 0.0)
            out += self._reply.end(ended, self.settings.output_audio_rate)
        if self._reply.current is None:
            out += self._enter("idle")
        return out

    def _on_reply(self, output: ReplyPiece | op.ReplyEnded) -> list[Outgoing]:
        response = self._reply.current
        if response is None or response.epoch != output.epoch:
            return []
        if isinstance(output, op.ReplyEnded):
            ended = self._reply.end(output, self.settings.output_audio_rate)
            return [*ended, *self._enter("listening" if self.state == "listening" else "idle")]
        if output.epoch <= self.cancelled_epoch:
            return []
        entered = self._enter("speaking") if isinstance(output, op.ReplyAudio) else []
        return [*entered, *self._reply.piece(output)]

    def sent(self, mark: Mark | None, begun_s: float, now_s: float) -> None:
        """A marked message has left; the latency clock reads it."""
        if self._reply.current is not None and mark:
            self._reply.current.sent(mark, begun_s, now_s)

    def _enter(self, state: State) -> list[Outgoing]:
        if state == self.state:
            return []
        self.state = state
        return [self._writer.event("avatar.state", state=state)]

    def _describe(self) -> dict[str, Any]:
        return self._agreed.session(self.id)


def _epoch_of(text: str) -> int:
    if not text.isdigit() or len(text) > 9:
        raise ProtocolError("item_not_found", "No response has this id.")
    return int(text)

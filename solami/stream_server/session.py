"""One session as a state machine without I/O: messages in, commands for the worker and messages for the client out.

It knows which turn and which response are open and what was cancelled; what the client's messages mean is the business
of `client_side`, how things look on the wire that of the writer. It knows no sockets, no event loop and no models.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from solami.stream_server import outputs as op
from solami.stream_server.avatar_state import AvatarState, State
from solami.stream_server.client_side import ClientSide
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


class Session:
    """The protocol's side of one session."""

    def __init__(self, settings: SessionSettings, model: str, fps: float, books: MotionBooks | None = None) -> None:
        self.id = f"sess_{uuid.uuid4().hex[:16]}"
        self._agreed = Negotiation(settings, model, fps, books)
        self._writer, self._items = MessageWriter(), Items()
        self._writer.choose(settings)
        self._turns = UserTurns(self._writer, self._items)
        self._reply = ReplyEvents(self._writer, self._items, fps)
        self._state = AvatarState(self._writer)
        self.client = ClientSide(self._agreed, self._writer, self._items, self._turns, self._reply, self._state)
        self.last_epoch = 0

    def watch(self, on_reply: Callable[[dict[str, Any]], None], on_underruns: Callable[[int], None]) -> None:
        """Who is told of every `response.done`, and of gaps that the client reports."""
        self._reply.on_done, self.client.on_underruns = on_reply, on_underruns

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

    @property
    def state(self) -> State:
        """What the character is doing."""
        return self._state.now

    # From the client.

    @property
    def cancelled_epoch(self) -> int:
        """Responses up to this one are not to be generated or sent any further."""
        return self._reply.cancelled_epoch

    def on_text(self, text: str, now_s: float) -> Answer:
        """One JSON message. Mistakes become error events, never exceptions."""
        return self.client.on_text(text, now_s)

    def on_binary(self, message: bytes) -> Answer:
        """One media frame; unknown types are skipped."""
        return self.client.on_binary(message)

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
                return [self._writer.event("input_audio_buffer.cleared"), *self._state.enter("idle")]
            case op.ReplyStarted():
                self.last_epoch = output.epoch
                user_item, user_s = self._turns.answered(self.client.audio_s)
                return [*self._state.enter("thinking"), *self._reply.begin(output, user_item, user_s)]
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
            self._reply.cancelled_epoch = self._reply.current.epoch
            interrupted = self._state.enter("interrupted")
        started = self._writer.event("input_audio_buffer.speech_started", audio_start_ms=at_ms, item_id=item_id)
        return [*interrupted, started, *self._state.enter("listening")]

    def _on_failed(self, failed: op.Failed) -> list[Outgoing]:
        if failed.code == "invalid_session":
            self._agreed.refuse()
        out = [self._writer.error(failed.code, failed.message, retry_after_s=failed.retry_after_s)]
        response = self._reply.current
        if response is not None and failed.epoch == response.epoch:
            ended = op.ReplyEnded(failed.epoch, "failed", (), 0.0)
            out += self._reply.end(ended, self.settings.output_audio_rate)
        if self._reply.current is None:
            out += self._state.enter("idle")
        return out

    def _on_reply(self, output: ReplyPiece | op.ReplyEnded) -> list[Outgoing]:
        response = self._reply.current
        if response is None or response.epoch != output.epoch:
            return []
        if isinstance(output, op.ReplyEnded):
            ended = self._reply.end(output, self.settings.output_audio_rate)
            return [*ended, *self._state.enter("listening" if self.state == "listening" else "idle")]
        if output.epoch <= self._reply.cancelled_epoch:
            return []
        entered = self._state.enter("speaking") if isinstance(output, op.ReplyAudio) else []
        return [*entered, *self._reply.piece(output)]

    def sent(self, mark: Mark | None, begun_s: float, now_s: float) -> None:
        """A marked message has left; the latency clock reads it."""
        if self._reply.current is not None and mark:
            self._reply.current.sent(mark, begun_s, now_s)

    def _describe(self) -> dict[str, Any]:
        return self._agreed.session(self.id)

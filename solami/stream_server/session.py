"""One session as a state machine without I/O: messages in, commands for the worker and messages for the client out.

States: idle, listening, thinking, speaking, interrupted. It numbers responses and frames, drops what a cancelled
response left behind, and fills in the latency budget. It knows no sockets, no event loop and no models.
"""

from __future__ import annotations

import uuid
from typing import Any, Literal, assert_never

from solami.errors import ProtocolError
from solami.stream_server import backend as be
from solami.stream_server import events as ev
from solami.stream_server.outgoing import Outgoing
from solami.stream_server.protocol import MediaFrame, MediaType, pack_media, unpack_media
from solami.stream_server.response import Mark, Response
from solami.stream_server.settings import SessionSettings, protocol_header, stream_headers
from solami.stream_server.tracker_frames import unpack_trackers
from solami.stream_server.vrm import unpack_poses

State = Literal["idle", "listening", "thinking", "speaking", "interrupted"]
_DELTAS = {
    MediaType.AUDIO: "response.output_audio.delta",
    MediaType.AGENT_MOTION: "response.motion.delta",
    MediaType.VISEMES: "response.viseme.delta",
}


class Session:
    """The protocol's side of one connection."""

    def __init__(self, settings: SessionSettings, model: str, fps: float) -> None:
        self.id = f"sess_{uuid.uuid4().hex[:16]}"
        self.state: State = "idle"
        self.settings = settings
        self.acknowledged = 0  # messages that the client says it has
        self._requested = settings  # with every update the worker has not confirmed yet
        self._model, self._fps = model, fps
        self._events = 0
        self._seq = {MediaType.AUDIO: 0, MediaType.AGENT_MOTION: 0, MediaType.VISEMES: 0}
        self._response: Response | None = None
        self._cancelled_epoch = 0
        self._trackers_s = 0.0  # length of the three points so far

    def hello(self, resume: dict[str, Any]) -> Outgoing:
        """The first message: who we are, what was assumed, what the streams look like, how to come back."""
        streams = stream_headers(self._fps)
        return self._event(
            "session.created", session=self._describe(), protocol=protocol_header(), streams=streams, resume=resume
        )

    def resumed(self, received: int, replayed: int) -> str:
        """The greeting of a resumed connection; like an answer to a refused one it has no number."""
        counts = {"received": received, "replayed": replayed}
        return ev.server_event("session.resumed", "event_0", session=self._describe(), **counts)

    # From the client.

    def on_text(self, text: str, now_s: float) -> tuple[list[be.Command], list[Outgoing]]:
        """One JSON message. Mistakes become error events, never exceptions."""
        try:
            return self._on_event(ev.parse_client_event(text), now_s)
        except ProtocolError as error:
            return [], [self.error(error.code, str(error), ev.event_id_of(text))]

    def on_binary(self, message: bytes) -> tuple[list[be.Command], list[Outgoing]]:
        """One media frame; unknown types are skipped."""
        try:
            frame = unpack_media(message)
            if frame is None:
                return [], []
            if frame.type is MediaType.AUDIO:
                return [self._audio_in(frame.payload)], self._hear()
            if frame.type is MediaType.USER_MOTION:
                return [self._motion_in(frame.payload)], self._hear()
            raise ProtocolError("invalid_frame", f"Clients send audio (1) and user motion (4); got {frame.type.value}.")
        except ProtocolError as error:
            return [], [self.error(error.code, str(error))]

    def _on_event(self, event: ev.ClientEvent, now_s: float) -> tuple[list[be.Command], list[Outgoing]]:
        match event:
            case ev.SessionUpdate(session=patch):
                self._requested = self._requested.merged(patch)
                return [be.Configure(self._requested)], []
            case ev.AudioAppend():
                return [self._audio_in(event.payload())], self._hear()
            case ev.MotionAppend():
                return [self._motion_in(event.payload())], self._hear()
            case ev.AudioCommit():
                return [be.EndTurn(now_s)], []
            case ev.AudioClear():
                return [be.ClearInput()], []
            case ev.ItemCreate(item=item):
                item_id = f"item_{uuid.uuid4().hex[:12]}"
                commands: list[be.Command] = [be.TextIn(part.text) for part in item.content]
                added = {"id": item_id, **item.model_dump()}
                return commands, [self._event("conversation.item.added", item=added)]
            case ev.ItemTruncate():
                epoch = self._epoch_of(event.item_id.removeprefix("item_r"))
                self._cancelled_epoch = max(self._cancelled_epoch, epoch)
                return [be.Truncate(epoch, event.audio_end_ms)], []
            case ev.ResponseCreate():
                return [be.Respond(now_s)], [*self._enter("thinking")]
            case ev.ResponseCancel():
                return self._cancel(event)
            case ev.OutputPlayback():
                self.acknowledged = event.received or self.acknowledged
                if event.response_id is None:
                    return [], []
                epoch = self._epoch_of(event.response_id.removeprefix("resp_"))
                return [be.Playback(epoch, event.sample, now_s)], []
            case _:
                assert_never(event)

    def _cancel(self, event: ev.ResponseCancel) -> tuple[list[be.Command], list[Outgoing]]:
        response = self._response
        if response is None or event.response_id not in (None, response.id):
            raise ProtocolError("response_cancel_not_active", "There is no such response to cancel.")
        self._cancelled_epoch = response.epoch
        return [be.Cancel(response.epoch)], [*self._enter("interrupted")]

    def _hear(self) -> list[Outgoing]:
        """Without voice activity detection the first input opens the turn."""
        is_first = self.state == "idle" and self.settings.turn_detection is None
        return self._enter("listening") if is_first else []

    def _audio_in(self, pcm: bytes) -> be.AudioIn:
        if self.settings.input_audio_format is None:
            raise ProtocolError("audio_not_declared", "This session takes no audio; set input_audio_format first.")
        if len(pcm) % 2:
            raise ProtocolError("invalid_audio", f"PCM16 audio has two bytes a sample; got {len(pcm)} bytes.")
        return be.AudioIn(pcm)

    def _motion_in(self, payload: bytes) -> be.MotionIn | be.TrackersIn:
        if self.settings.input_motion is None:
            raise ProtocolError("motion_not_declared", "This session takes no motion; set input_motion first.")
        if self.settings.input_motion.source == "three_points":
            fps = self.settings.input_motion.fps
            trackers = unpack_trackers(payload, fps, self._trackers_s)
            self._trackers_s += trackers.count / fps
            return be.TrackersIn(trackers)
        return be.MotionIn(unpack_poses(payload, float(self.settings.input_motion.fps)))

    def _epoch_of(self, text: str) -> int:
        if not text.isdigit() or len(text) > 9:
            raise ProtocolError("item_not_found", "No response has this id.")
        return int(text)

    # From the compute worker.

    @property
    def cancelled_epoch(self) -> int:
        """Responses up to this one are not to be generated or sent any further."""
        return self._cancelled_epoch

    def on_output(self, output: be.Output, now_s: float) -> list[Outgoing]:
        """One piece of compute as messages, in order; pieces of a cancelled response vanish."""
        match output:
            case be.Configured(settings):
                self.settings = settings
                return [self._event("session.updated", session=self._describe())]
            case be.SpeechEdge():
                return self._on_edge(output)
            case be.TurnEnded(turn):
                return [self._event("input_audio_buffer.committed", item_id=f"item_u{turn}")]
            case be.InputCleared():
                return [self._event("input_audio_buffer.cleared"), *self._enter("idle")]
            case be.ReplyStarted():
                self._response = Response(output)
                body = {"id": self._response.id, "status": "in_progress", "epoch": output.epoch}
                return [*self._enter("thinking"), self._event("response.created", response=body)]
            case be.Truncated(epoch, audio_end_ms):
                return [self._event("conversation.item.truncated", item_id=f"item_r{epoch}", audio_end_ms=audio_end_ms)]
            case be.IdlePoses():
                return [self._idle(output)]
            case be.ItemsDropped(to_words, gone):
                return [self._event("conversation.items.dropped", items=list(gone), words_kept=list(to_words))]
            case be.Failed():
                return self._on_failed(output)
            case _:
                return self._on_reply(output, now_s)

    def _on_edge(self, edge: be.SpeechEdge) -> list[Outgoing]:
        if edge.kind == "stopped":
            return [self._event("input_audio_buffer.speech_stopped", audio_end_ms=edge.at_ms)]
        interrupted: list[Outgoing] = []
        if self.state in ("speaking", "thinking") and self._response is not None:
            self._cancelled_epoch = self._response.epoch
            interrupted = self._enter("interrupted")
        started = self._event("input_audio_buffer.speech_started", audio_start_ms=edge.at_ms)
        return [*interrupted, started, *self._enter("listening")]

    def _on_failed(self, failed: be.Failed) -> list[Outgoing]:
        if failed.code == "invalid_session":
            self._requested = self.settings
        out = [self.error(failed.code, failed.message, retry_after_s=failed.retry_after_s)]
        response = self._response
        if response is not None and failed.epoch == response.epoch:
            out.append(self._done(response, be.ReplyEnded(failed.epoch, "failed", (), 0.0)))
        if self._response is None:
            out += self._enter("idle")
        return out

    def _on_reply(
        self,
        output: be.ReplyAudio | be.ReplyMotion | be.ReplyVisemes | be.ReplyText | be.ReplyStage | be.ReplyEnded,
        now_s: float,
    ) -> list[Outgoing]:
        response = self._response
        if response is None or response.epoch != output.epoch:
            return []
        if isinstance(output, be.ReplyEnded):
            return [self._done(response, output), *self._enter("listening" if self.state == "listening" else "idle")]
        if output.epoch <= self._cancelled_epoch:
            return []
        match output:
            case be.ReplyAudio():
                response.audio_samples += len(output.pcm) // 2
                mark: Mark = "loud_audio" if output.is_loud else "audio"
                return [*self._enter("speaking"), self._media(MediaType.AUDIO, output.pcm, output, mark)]
            case be.ReplyMotion():
                response.motion_frames += output.frames
                return [self._media(MediaType.AGENT_MOTION, output.poses, output, "motion")]
            case be.ReplyVisemes():
                return [self._media(MediaType.VISEMES, output.weights, output, None)]
            case be.ReplyText(kind=kind, text=text):
                name = "response.output_audio_transcript.delta" if kind == "said" else f"response.{kind}"
                return [self._event(name, **response.ids(), delta=text)]
            case be.ReplyStage(spent=spent):
                response.budget.add(spent.stage, spent.spent_ms)
                return []
            case _:
                assert_never(output)

    def sent(self, mark: Mark | None, begun_s: float, now_s: float) -> None:
        """A marked message has left; the latency clock reads it."""
        if self._response is not None and mark:
            self._response.sent(mark, begun_s, now_s)

    def error(self, code: str, message: str, client_event_id: str | None = None, **fields: Any) -> Outgoing:
        """An error event."""
        return self._event("error", error=ev.error_body(code, message, client_event_id, **fields))

    def _done(self, response: Response, ended: be.ReplyEnded) -> Outgoing:
        self._response = None
        return self._event("response.done", response=response.done(ended, self.settings.output_audio_rate, self._fps))

    def _media(
        self,
        kind: MediaType,
        payload: bytes,
        output: be.ReplyAudio | be.ReplyMotion | be.ReplyVisemes,
        mark: Mark | None,
    ) -> Outgoing:
        if self.settings.media == "binary":
            seq, self._seq[kind] = self._seq[kind], self._seq[kind] + 1
            return Outgoing(pack_media(MediaFrame(kind, payload, output.epoch, seq, output.sample)), mark)
        assert self._response is not None
        event = self._event(_DELTAS[kind], **self._response.ids(), delta=ev.to_base64(payload), sample=output.sample)
        return Outgoing(event.data, mark)

    def _idle(self, output: be.IdlePoses) -> Outgoing:
        """Poses of no response: epoch 0."""
        if self.settings.media == "binary":
            kind = MediaType.AGENT_MOTION
            seq, self._seq[kind] = self._seq[kind], self._seq[kind] + 1
            return Outgoing(pack_media(MediaFrame(kind, output.poses, 0, seq, output.sample)))
        return self._event("avatar.motion.delta", delta=ev.to_base64(output.poses), sample=output.sample)

    def _enter(self, state: State) -> list[Outgoing]:
        if state == self.state:
            return []
        self.state = state
        return [self._event("avatar.state", state=state)]

    def _event(self, kind: str, **fields: Any) -> Outgoing:
        self._events += 1
        return Outgoing(ev.server_event(kind, f"event_{self._events}", **fields))

    def _describe(self) -> dict[str, Any]:
        return {"id": self.id, "object": "realtime.session", "model": self._model, **self.settings.model_dump()}

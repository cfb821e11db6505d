"""One session's conversation and whose turn it is: turns open and end, replies begin, are tried out and interrupted.

Phases: idle -> listening (a turn is open) -> ready (it has ended) -> replying -> idle. Commands and audio come through
`intake` and `hearing`; how a reply goes on is the business of `answering`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from solami.errors import ProtocolError
from solami.frames import FloatArray, MotionChunk, Placement
from solami.stream_server import backend as be
from solami.stream_server import outputs as op
from solami.stream_server.answering import Answering, reply_seed
from solami.stream_server.idling import Idling
from solami.stream_server.keeper import Keeper
from solami.stream_server.load import Load
from solami.stream_server.settings import SessionSettings

Phase = Literal["idle", "listening", "ready", "replying"]


class Dialogue:
    """Owns one conversation; is the listener that `hearing` speaks to."""

    def __init__(
        self,
        backend: be.Backend,
        settings: SessionSettings,
        emit: Callable[[op.Output], None],
        load: Load,
        clock: Callable[[], float],
    ) -> None:
        self._model_hz, self._emit, self._clock = backend.sample_rate, emit, clock
        self.settings = settings
        self.answering = Answering(emit, backend.sample_rate, load, clock)
        self.idling = Idling(settings.output_audio_rate)
        self._keeper = Keeper(backend)
        self.phase: Phase = "idle"
        self._hears = self._sees = False  # what the open turn takes

    @property
    def conversation(self) -> be.Conversation | None:
        """The present one; none before anything was said, and after a failure."""
        return self._keeper.conversation

    @property
    def is_hearing(self) -> bool:
        """Whether a turn with a voice is open."""
        return self.phase == "listening" and self._hears

    @property
    def is_typed(self) -> bool:
        """Whether a turn of typed words is open."""
        return self.phase == "listening" and not (self._hears or self._sees)

    @property
    def may_open(self) -> bool:
        """Whether a voice may open a turn: not while one without a voice is open."""
        return self.phase != "listening"

    @property
    def is_audible(self) -> bool:
        """Whether the character speaks."""
        return self.answering.is_audible()

    @property
    def is_awaited(self) -> bool:
        """Whether the character has spoken to the end and waits for an answer."""
        return self.phase == "idle" and self.answering.reply is not None and not self.is_audible

    @property
    def is_paused(self) -> bool:
        """Whether the turn was ended on trial."""
        return self.answering.is_trial

    # Turns.

    def begin(self, settings: SessionSettings) -> None:
        """A new conversation with these settings; the one before ends. Raises ConfigError for an unknown persona."""
        self._keeper.check(settings.persona)
        self.answering.abandon()
        self._keeper.begin(settings)
        self.answering.reply = None
        self.phase = "idle"
        self.settings = settings

    def opened(self) -> be.Conversation:
        """The conversation, opened if there is none."""
        return self._keeper.opened(self.settings)

    def open_turn(self, *, speech: bool, body: bool = True) -> be.Conversation:
        """The conversation with a turn of the user open; one that is open already stays what it is."""
        conversation = self.opened()
        if self.phase != "listening":
            place = self.settings.placement
            body = body and self.settings.input_motion is not None
            where = Placement(place.distance_m, place.bearing_rad, place.facing_rad) if place and body else None
            conversation.begin_turn(speech=speech, body=body, placement=where)
            self.phase, self._hears, self._sees = "listening", speech, body
            self._tell_dropped()
        return conversation

    def hear(self, samples: FloatArray) -> None:
        """The user's voice at the model's rate; the first of it opens the turn."""
        self.idling.hear(samples, self._model_hz)
        self.open_turn(speech=True).push_audio(samples)

    def see(self, motion: MotionChunk) -> None:
        """The user's body, where the open turn takes it."""
        if self.phase == "listening" and self._sees and self.conversation is not None:
            self.conversation.push_motion(motion)

    def end_turn(self, rest: FloatArray | None = None) -> None:
        """The user's turn is over; `rest` is the last of its sound."""
        if self.phase != "listening" or self.conversation is None:
            raise ProtocolError("input_audio_buffer_commit_empty", "There is no input to commit.")
        if rest is not None and len(rest):
            self.conversation.push_audio(rest)
        self.conversation.end_turn()
        self._note_end()

    def drop_turn(self) -> None:
        """Forget the open turn; the conversation before it stays."""
        if self.phase == "listening" and self.conversation is not None:
            self.conversation.drop_turn()
            self.phase = "idle"
        self._emit(op.InputCleared())

    # Pauses.

    def pause(self) -> float | None:
        """End the turn on trial and begin to reply, where the model can; the probability that the user has finished."""
        conversation, detection = self.conversation, self.settings.turn_detection
        if detection is None or not detection.create_response or not isinstance(conversation, be.TriesTurns):
            return None
        probability = conversation.pause_turn()
        seed = reply_seed(self.settings.seed, self._keeper.log.count + 1)
        wire_hz, may_cheapen = self.settings.output_audio_rate, not self.settings.is_repeatable
        self.answering.try_out(conversation, seed, wire_hz, may_cheapen=may_cheapen)
        return probability

    def go_on(self) -> None:
        """The user goes on: the trial never was."""
        assert isinstance(self.conversation, be.TriesTurns)
        self.answering.withdraw()
        self.conversation.reopen_turn()

    def end(self, planned_ms: float, spent_ms: float) -> None:
        """A pause has ended the turn: give the reply that is on trial, or begin one."""
        at_s, detection = self._clock(), self.settings.turn_detection
        if self.answering.is_trial:
            self._note_end()
            self.answering.confirm(at_s)
            self._begin_replying(at_s, planned_ms, spent_ms)
            self.answering.flush()
            return
        self.end_turn()
        if detection is None or detection.create_response:
            self.respond(at_s, planned_ms, spent_ms)

    def tell(self, noticed: op.SpeechEdge | op.InputTimeout) -> None:
        """The voice began, ended, or has not come for long."""
        self._emit(noticed)

    # Replies.

    def respond(self, at_s: float, endpoint_planned_ms: float = 0.0, endpoint_spent_ms: float = 0.0) -> None:
        """Reply to the turn that has ended."""
        if self.phase != "ready" or self.conversation is None:
            raise ProtocolError("response_without_input", "There is no user turn to reply to.")
        seed = reply_seed(self.settings.seed, self._keeper.log.count)
        wire_hz, may_cheapen = self.settings.output_audio_rate, not self.settings.is_repeatable
        self.answering.start(self.conversation, seed, wire_hz, at_s, may_cheapen=may_cheapen)
        self._begin_replying(at_s, endpoint_planned_ms, endpoint_spent_ms)

    def interrupt(self) -> None:
        """A voice has interrupted whatever the character says."""
        if self.answering.reply is not None:
            self.stop(self.answering.reply.epoch)

    def stop(self, epoch: int) -> None:
        """Stop a reply, or what is left of its playback, and forget what was not heard."""
        reply = self.answering.reply
        if reply is None or reply.epoch != epoch or self.conversation is None or self.answering.is_trial:
            return
        now_s = self._clock()
        was_replying, heard = self.phase == "replying", reply.heard(now_s)
        self.answering.abandon()
        if was_replying or (self.phase == "idle" and reply.is_playing(now_s)):
            self.answering.cut(self.conversation, heard)
        self.finish()

    def truncate(self, epoch: int, heard_ms: float) -> None:
        """The client names the point at which it stopped playing."""
        reply = self.answering.reply
        if reply is None or reply.epoch != epoch or self.phase not in ("idle", "replying"):
            raise ProtocolError("item_not_found", "Only the last response can be truncated, before the next turn.")
        assert self.conversation is not None
        self.answering.abandon()
        self.answering.cut(self.conversation, round(heard_ms * reply.wire_hz / 1000))
        self.finish()

    def finish(self) -> None:
        """The reply is generated."""
        if self.phase == "replying":
            self.phase = "idle"
            self._keeper.went_well()

    def fail(self) -> int:
        """After an exception: the turn is lost. Returns the epoch of the reply that died with it, or 0."""
        self.phase = "idle"
        epoch = self.answering.forget()
        self._keeper.fail()
        return epoch

    def inherit(self, other: Dialogue, epoch: int) -> None:
        """Before anything else: go on from a dialogue whose thread died, and which gave replies up to `epoch`."""
        self._keeper.inherit(other._keeper)
        self.answering.epoch, self.idling = epoch, other.idling

    def close(self) -> None:
        """Free the conversation."""
        self._keeper.close()

    def _note_end(self) -> None:
        self.phase = "ready"
        self._emit(op.TurnEnded(self._keeper.log.ended()))
        self._tell_dropped()

    def _begin_replying(self, at_s: float, planned_ms: float, spent_ms: float) -> None:
        self.phase = "replying"
        self._keeper.log.answered(self.answering.epoch)
        self._emit(op.ReplyStarted(self.answering.epoch, at_s, planned_ms, spent_ms))

    def _tell_dropped(self) -> None:
        if dropped := self._keeper.take_dropped():
            self._emit(dropped)

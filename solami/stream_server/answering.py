"""The character's side of one session: a reply from its start, on trial or not, to the end of its playback.

Cheapens a reply that is late by rules, and remembers which. What the user does meanwhile is the business of `turns`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from solami.frames import FloatArray
from solami.stream_server import backend as be
from solami.stream_server import outputs as op
from solami.stream_server.budget import HELD_HANDS, SHORT_CLAUSE, SHORT_CLAUSE_TOKENS, hands_should_rest, is_behind
from solami.stream_server.iterated_reply import IteratedReply
from solami.stream_server.load import Load
from solami.stream_server.pacing import Need
from solami.stream_server.replying import ReplyStream

TRIAL_DELAY_S = 1.0  # a reply on trial gives way to those that are sure to be heard


def reply_seed(seed: int, turn: int) -> int:
    """The seed of a turn's reply, from the session's seed and the turn's index."""
    return int.from_bytes(hashlib.sha256(f"{seed}:{turn}".encode()).digest()[:4], "little")


class Answering:
    """One reply at a time."""

    def __init__(
        self, emit: Callable[[op.Output], None], model_hz: int, load: Load, clock: Callable[[], float]
    ) -> None:
        self._emit, self._model_hz, self._load, self._clock = emit, model_hz, load, clock
        self._is_trial, self._may_cheapen = False, True
        self._held: be.HeldReply | None = None  # the reply's source, where it can be held and made cheaper
        self.reply: ReplyStream | None = None  # until its playback no longer matters
        self.epoch = 0
        self.cancelled_epoch = 0  # written by the event loop: replies up to this one go no further

    @property
    def is_trial(self) -> bool:
        """Whether a reply has begun to a turn that may go on."""
        return self._is_trial

    def need(self, now_s: float) -> Need | None:
        """The reply's claim to the next step."""
        if self.reply is None or self.reply.epoch <= self.cancelled_epoch:
            return None
        need = self.reply.need(now_s)
        return Need(now_s + TRIAL_DELAY_S, 0.0) if need and self._is_trial else need

    def start(
        self, conversation: be.Conversation, seed: int, wire_hz: int, at_s: float, *, may_cheapen: bool = True
    ) -> None:
        """Reply to the turn that ended at `at_s`; `may_cheapen`: rules may change what a late reply is made of."""
        self.epoch += 1
        self._may_cheapen = may_cheapen
        source: be.LiveReply
        is_late = may_cheapen and is_behind(self._clock() - at_s, self._load.is_high)
        if isinstance(conversation, be.RepliesStepwise):
            tokens = SHORT_CLAUSE_TOKENS if is_late else None
            source = self._held = conversation.begin_reply(seed=seed, first_clause_tokens=tokens)
        else:
            source = IteratedReply(lambda cancelled: conversation.reply(seed=seed, cancelled=cancelled))
            self._held = None
        self.reply = ReplyStream(self.epoch, source, self._model_hz, wire_hz, at_s, self._clock)
        if is_late and self._held is not None:
            self.fire(SHORT_CLAUSE)

    def try_out(self, conversation: be.RepliesStepwise, seed: int, wire_hz: int, *, may_cheapen: bool = True) -> None:
        """Begin a reply that is not sure to be given; `confirm` or `withdraw` must follow."""
        self._may_cheapen = may_cheapen
        source = self._held = conversation.begin_reply(seed=seed)
        source.hold()
        self.epoch += 1
        self.reply = ReplyStream(self.epoch, source, self._model_hz, wire_hz, self._clock(), self._clock)
        self.reply.was_tried = self._is_trial = True

    def confirm(self, at_s: float) -> None:
        """The turn is over: the reply on trial is given from here on. What it holds leaves with `flush`."""
        assert self.reply is not None
        self.reply.at_s, self._is_trial = at_s, False

    def flush(self) -> None:
        """Give what the reply held while it was on trial."""
        assert self.reply is not None and self._held is not None
        self._give(self.reply.to_wire(self._held.release()))

    def withdraw(self) -> None:
        """The turn goes on: the reply on trial never was."""
        self.reply, self._is_trial = None, False
        self.epoch -= 1

    def take(self, token_id: int | None, drawn_s: float) -> None:
        """The id that was drawn for the reply, and its share of the time that took."""
        assert self.reply is not None
        dry = self.reply.dry
        self._give(self.reply.take(token_id, drawn_s))
        if self.reply.dry > dry:
            self._load.ran_dry(self._clock())
        self._spare_hands(self.reply)

    def abandon(self) -> None:
        """Stop generating, if a reply is being generated, and say that it has ended."""
        if self.reply is not None and not self.reply.is_done:
            self.cancelled_epoch = max(self.cancelled_epoch, self.reply.epoch)
            self._give(self.reply.abandon())

    def cut(self, conversation: be.Conversation, heard: int) -> None:
        """Forget what of the last reply was not heard: it ends at so many wire samples."""
        reply, self.reply = self.reply, None
        assert reply is not None
        conversation.truncate(reply.to_model(heard))
        self._emit(op.Truncated(reply.epoch, 1000.0 * heard / reply.wire_hz))

    def forget(self) -> int:
        """After a failure. Returns the epoch of the reply that died, 0 for none."""
        died = self.reply.epoch if self.reply and not self.reply.is_done and not self._is_trial else 0
        if self._is_trial:
            self.epoch -= 1
        self.reply, self._is_trial = None, False
        return died

    def playing(self, count: int) -> FloatArray | None:
        """The samples [count] that the client plays while so many come in; None where there is no reply."""
        return None if self.reply is None or self._is_trial else self.reply.playing(count, self._clock())

    def is_audible(self) -> bool:
        """Whether a reply is given, or what was given is still played."""
        reply = self.reply
        return reply is not None and not self._is_trial and (not reply.is_done or reply.is_playing(self._clock()))

    def ends_s(self, now_s: float) -> float:
        """When playback ends; 0 where nothing plays."""
        return 0.0 if self.reply is None else self.reply.ends_s(now_s)

    def fire(self, rule: str) -> None:
        """A rule made the present reply cheaper."""
        if self.reply is not None and self.reply.fire(rule):
            self._load.fired(rule)

    def _spare_hands(self, reply: ReplyStream) -> None:
        """Let the hands rest while the client is about to have nothing to play."""
        need = reply.need(self._clock())
        if need is None or need.lead_s <= 0 or self._held is None or not self._may_cheapen:
            return
        self._held.holds_hands = hands_should_rest(need.lead_s, self._held.holds_hands)
        if self._held.holds_hands:
            self.fire(HELD_HANDS)

    def _give(self, outputs: list[op.Output]) -> None:
        for output in outputs:
            self._emit(output)

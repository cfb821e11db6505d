"""One session's compute: the user's streams in, the character's words, voice and motion out. Synchronous.

Knows no socket and no event loop. The token stream is prefilled while the user acts; a reply gives each beat as soon as
its last code is drawn. The same input and reply seed give the same ids however input was chunked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from solami.body.trackers import TrackerChunk
from solami.errors import InputError
from solami.frames import FloatArray, MotionChunk, OutputChunk, Placement
from solami.llm.context import Context
from solami.llm.old_turns import Forgotten
from solami.llm.template import fading_ids, render_dialogue
from solami.llm.turns import BEAT_SECONDS, SystemTurn
from solami.personas import Persona
from solami.pipeline.models import Models
from solami.pipeline.prompting import Prompting
from solami.pipeline.reply import Reply
from solami.pipeline.reply_opening import ReplyLengths, ReplyOpening
from solami.pipeline.session_body import SessionBody
from solami.pipeline.user_side import UserSide
from solami.tokenizers.base import Voice


class Conversation:
    """One session: its context, the character's body, and the turn that is running."""

    def __init__(self, models: Models, persona: Persona, voice: Voice, *, seed: int = 0) -> None:
        """Open a slot and prefill the persona. Raises CapacityError when the engine is full."""
        self._models = models
        system = render_dialogue(models.vocabulary, [SystemTurn(persona.text)]).ids
        adapter = models.engine.load_adapter(persona.adapter) if persona.adapter else None
        self._context = Context(models.engine, system, seed, fading_ids(models.vocabulary), adapter)
        self._body = SessionBody(models, seed)
        self._solver = models.three_points.solver() if models.three_points else None  # keeps the user's size
        self._prompting: Prompting | None = None
        if models.brain or models.ear:
            self._prompting = Prompting(persona.text, models.speech.sample_rate, models.brain, models.ear)
        self._user = UserSide(models, self._context, self._prompting)
        self._opening = ReplyOpening(models, persona.sampling, voice, self._context, self._prompting)
        self._reply: Reply | None = None  # the last one, until the user's next turn

    def begin_turn(self, *, speech: bool, body: bool, placement: Placement | None = None) -> None:
        """Open the user's turn with the streams it will have; neither for typed text."""
        if self._user.is_open:
            raise InputError("begin_turn: the user's turn is open; end it first")
        if self._reply is not None and not self._reply.is_whole:
            self.truncate(self._reply.marks[-1].sample)
        if self._user.is_ready:
            self._user.close()
        self._user.begin(speech=speech, body=body, placement=placement)
        self._reply = None

    def drop_turn(self) -> None:
        """Forget the user's open turn as if it had never begun."""
        self._user.drop()

    def push_audio(self, samples: FloatArray) -> None:
        """Take samples [T] at the speech tokenizer's rate."""
        self._user.push_audio(samples)

    def push_motion(self, motion: MotionChunk) -> None:
        """Take poses at the motion tokenizer's fps."""
        self._user.push_motion(motion)

    def push_text(self, text: str) -> None:
        """Take typed words; what exceeds the limit of one message is cut off."""
        self._user.push_text(text)

    def end_turn(self) -> None:
        """Fill the shorter stream to a whole beat and prefill what is left."""
        self._user.end()

    @property
    def row(self) -> FloatArray | None:
        """The LLM's row behind the newest id."""
        return self._context.row

    def pause_turn(self, quiet: FloatArray | None = None) -> float | None:
        """End the turn on trial; how likely the user has finished, None where the model cannot tell.

        `quiet`: samples of the pause, as far as they were not pushed. `reopen_turn` takes all that back.
        """
        return self._user.pause(quiet)

    def reopen_turn(self) -> None:
        """The user goes on: the turn is open as it was before `pause_turn`, and a reply to it never was."""
        self._user.reopen()
        self._reply = None

    def reply(
        self,
        *,
        seed: int,
        max_seconds: float = 20.0,
        min_seconds: float = 0.0,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Iterator[OutputChunk]:
        """Generate the character's turn; ReplyDone comes last. `cancelled` is asked before every id."""
        return self.begin_reply(seed=seed, max_seconds=max_seconds, min_seconds=min_seconds).run(cancelled)

    def begin_reply(
        self,
        *,
        seed: int,
        max_seconds: float = 20.0,
        min_seconds: float = 0.0,
        first_clause_tokens: int | None = None,
    ) -> Reply:
        """Open the character's turn. What is returned says what it wants drawn, and takes it; the caller draws.

        A reply that was cancelled or left early is cut to what it gave, unless `truncate` says what was heard of it.
        """
        if not self._user.is_ready:
            raise InputError("reply: there is no ended turn of the user to reply to")
        lengths = ReplyLengths(max_seconds, min_seconds, first_clause_tokens)
        self._reply = self._opening.open(self._user, self._body, seed, lengths)
        return self._reply

    def truncate(self, heard_samples: int) -> None:
        """After a barge-in: keep the last reply up to the beat in which `heard_samples` lies, none of it if 0.

        The body, too, goes on from where it stood at the end of that beat.
        """
        if self._reply is None:
            raise InputError("truncate: there is no reply, or the user's next turn has begun")
        marks, reply, self._reply = self._reply.marks, self._reply, None
        if not reply.is_done:
            reply.cancel()
        if self._prompting:
            self._prompting.interrupted(heard_samples)
        if reply.is_whole and heard_samples > marks[-1].sample - self._samples_per_beat():
            return
        kept = next((mark for mark in marks if mark.sample >= heard_samples), marks[-1])
        self._body.cut(reply, kept, heard_samples)
        if kept.sample == 0:
            self._context.cut(0)
        else:
            self._context.cut(kept.length)
            self._context.close_turn(self._models.vocabulary.special("<end>"))

    def idle(self, *, listening: bool, paused: bool) -> MotionChunk | None:
        """The poses of one beat between replies, from where the body stands; none without a model of idle motion.

        `paused`: the user, who is being listened to, just paused; a nod may come.
        """
        return self._body.idle(self._reply, listening=listening, paused=paused)

    def solve(self, trackers: TrackerChunk) -> MotionChunk | None:
        """The user's body from headset and controllers, as far as it is ready; none without a three-point model."""
        return None if self._solver is None else self._solver.push(trackers).motion

    def take_forgotten(self) -> Forgotten:
        """Which of the user's turns, counted from 1, the context let go of since the last call."""
        return self._context.take_forgotten()

    def close(self) -> None:
        """Free the slot."""
        self._context.close()

    def revive(self, turns: int) -> None:
        """After a failure and `close`: go on in a fresh slot with what was said in the user's `turns` that have ended.

        A turn that was not answered to the end is lost. The body goes on from where it stands. Raises CapacityError.
        """
        is_lost = self._user.is_open or self._user.is_ready or (self._reply is not None and not self._reply.is_whole)
        self._context.reopen(min(turns, self._context.number - 1) if is_lost else turns)
        self._user.lose(turns)
        if is_lost and self._prompting:
            self._prompting.interrupted(0)
        self._reply = None

    def _samples_per_beat(self) -> int:
        return round(self._models.speech.sample_rate * BEAT_SECONDS)

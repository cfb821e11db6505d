"""How a session's replies are opened: what is asked outside, the header, the grammar, and the decoders they begin with.

Whether there is a turn to reply to, and what becomes of the reply, is the business of `conversation`.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from solami.llm.context import Context
from solami.llm.grammar import AgentGrammar
from solami.llm.template import header_ids
from solami.personas import SamplingConfig
from solami.pipeline.models import Models
from solami.pipeline.performance import Decoders
from solami.pipeline.prompted_reply import PromptedReply
from solami.pipeline.prompting import Prompting, listen
from solami.pipeline.reply import Reply
from solami.pipeline.reply_limits import draws_of, limits_for
from solami.pipeline.session_body import SessionBody
from solami.pipeline.user_side import UserSide
from solami.tokenizers.base import Voice


@dataclass(frozen=True, slots=True)
class ReplyLengths:
    """How long a reply may be."""

    max_seconds: float = 20.0
    min_seconds: float = 0.0
    first_clause_tokens: int | None = None  # fewer than the grammar's where the first sound must come sooner


class ReplyOpening:
    """One session's: its context, and one character's voice and way to draw."""

    def __init__(
        self, models: Models, sampling: SamplingConfig, voice: Voice, context: Context, prompting: Prompting | None
    ) -> None:
        """`prompting`: who else finds words, or hears."""
        self._models, self._voice, self._context, self._prompting = models, voice, context, prompting
        self._draws = draws_of(sampling)

    def open(self, user: UserSide, body: SessionBody, seed: int, lengths: ReplyLengths) -> Reply:
        """The reply to the user's turn that has ended, which is closed; `body` moves with it."""
        begun = time.perf_counter()
        words, captions = self._prompting.ask(lambda: self._listen(user, seed)) if self._prompting else (None, {})
        user.close()
        vocabulary = self._models.vocabulary
        self._context.open_turn(header_ids(vocabulary, "<agent>", speech=True, body=True), user.turns)
        self._context.reseed(seed)
        grammar, decoders = self._grammar(user, lengths), self._decoders(body)
        spent_ms = 1000 * (user.prefill_s + time.perf_counter() - begun)
        parts = (self._context, vocabulary, grammar, decoders, self._draws, spent_ms)
        if self._prompting is None:
            return Reply(*parts)
        prompted = PromptedReply(*parts, words=words, captions=captions)
        self._prompting.replied(prompted)
        return prompted

    def _grammar(self, user: UserSide, lengths: ReplyLengths) -> AgentGrammar:
        """What a reply to the turn that has ended may be."""
        vocabulary, room = self._models.vocabulary, self._context.room
        limits = limits_for(vocabulary, room, lengths.max_seconds, lengths.min_seconds, hears=user.hears)
        if lengths.first_clause_tokens is not None:
            limits = replace(limits, first_clause_tokens=lengths.first_clause_tokens)
        return AgentGrammar(vocabulary, heard=user.hears, saw=user.sees, limits=limits)

    def _decoders(self, body: SessionBody) -> Decoders:
        """A fresh voice and mouth, and the body that stands there."""
        models = self._models
        mouth = models.mouth() if models.mouth else None
        return Decoders(
            models.speech.decoder(self._voice), body.begin_reply(), models.motion, models.speech.sample_rate, mouth
        )

    def _listen(self, user: UserSide, seed: int) -> tuple[str, str]:
        """What the model heard and saw of the turn that has ended; a brain outside wants to know before it speaks."""
        self._context.reseed(seed)
        vocabulary = self._models.vocabulary
        return listen(self._context, vocabulary, self._draws.text, hears=user.hears, sees=user.sees)

"""How a session's replies are opened: what is asked outside, the header, the grammar, and the decoders they begin with.

Whether there is a turn to reply to, and what becomes of the reply, is the business of `conversation`.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from solami.llm.context import Context
from solami.llm.grammar import AgentGrammar
from solami.llm.template import MAX_CAPTION_TOKENS, header_ids
from solami.llm.turns import Heard, Saw
from solami.personas import SamplingConfig
from solami.pipeline.draws import draws_of
from solami.pipeline.models import Models
from solami.pipeline.performance import Decoders
from solami.pipeline.prompted_reply import PromptedReply
from solami.pipeline.prompting import Prompting, listen
from solami.pipeline.reply import Reply
from solami.pipeline.reply_limits import limits_for
from solami.pipeline.session_body import SessionBody
from solami.pipeline.user_side import MAX_TYPED_TOKENS, UserSide
from solami.tokenizers.base import Voice

MOST_BEFORE = 1 + MAX_TYPED_TOKENS + 1 + MAX_CAPTION_TOKENS + 1 + 3  # ids: captions of the user's turn, <end>, header


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
        listening = partial(listen, self._context, self._models.vocabulary, hears=user.hears, sees=user.sees)
        asked = self._prompting.ask(listening) if self._prompting else None
        grammar, decoders = self._grammar(user, lengths), self._decoders(body)
        if asked is None:
            self._begin(user, seed, [])
        spent_ms = 1000 * (user.prefill_s + time.perf_counter() - begun)
        parts = (self._context, self._models.vocabulary, grammar, decoders, self._draws, spent_ms)
        if self._prompting is None or asked is None:
            return Reply(*parts)
        prompted = PromptedReply(*parts, asked=asked, begin=partial(self._begin, user, seed))
        self._prompting.replied(prompted)
        return prompted

    def _begin(self, user: UserSide, seed: int, noticed: Sequence[Heard | Saw]) -> None:
        """Close the user's turn behind what was noticed of it, and write the header of the character's."""
        for part in noticed:
            user.note(part)
        user.close()
        self._context.open_turn(header_ids(self._models.vocabulary, "<agent>", speech=True, body=True), user.turns)
        self._context.reseed(seed)

    def _grammar(self, user: UserSide, lengths: ReplyLengths) -> AgentGrammar:
        """What a reply to the turn that has ended may be."""
        vocabulary = self._models.vocabulary
        room = self._context.room - MOST_BEFORE
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

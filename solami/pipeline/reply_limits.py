"""How long a reply may be in the room that is left."""

from __future__ import annotations

from solami.llm.grammar_limits import GrammarLimits
from solami.llm.template import MAX_CAPTION_TOKENS, MAX_DOES_TOKENS
from solami.llm.turns import BEAT_SECONDS, BeatShape
from solami.llm.vocabulary import Vocabulary


def limits_for(
    vocabulary: Vocabulary, room: int, max_seconds: float, min_seconds: float, *, hears: bool
) -> GrammarLimits:
    """As many beats as wanted and as fit into `room` ids, were every beat a clause of its own."""
    limits = GrammarLimits()
    clause = 1 + limits.clause_tokens + vocabulary.specs["placement"].num_codebooks
    beat = BeatShape.of(vocabulary).ids(speech=True, body=True)
    room -= 2 * (1 + MAX_CAPTION_TOKENS) + (1 + MAX_DOES_TOKENS) + 1
    fit = max(room // (beat + clause), (room - limits.clauses * clause) // beat)
    most = max(1, min(int(max_seconds / BEAT_SECONDS), fit))
    least = min(most, round(min_seconds / BEAT_SECONDS))
    return GrammarLimits(min_beats=least, max_beats=most, owes_heard=hears)

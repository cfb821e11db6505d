"""How long a reply and its pieces may be, and how many words fit before its first sound. Knows no order of ids."""

from __future__ import annotations

from dataclasses import dataclass

from solami.errors import ConfigError
from solami.llm.template import MAX_CAPTION_TOKENS, MAX_CLAUSE_TOKENS, MAX_DOES_TOKENS
from solami.llm.turns import BeatShape
from solami.llm.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class GrammarLimits:
    """How long a reply and its pieces may be."""

    clause_tokens: int = MAX_CLAUSE_TOKENS
    first_clause_tokens: int = MAX_CLAUSE_TOKENS  # fewer where the first sound must come sooner
    clause_beats: int = 20  # 8 s
    clauses: int = 12
    caption_tokens: int = MAX_CAPTION_TOKENS
    does_tokens: int = MAX_DOES_TOKENS
    ids_before_audio: int = 32  # from the end of the user's turn to the first speech code, the header counts
    min_beats: int = 0  # <end> waits for so many beats
    max_beats: int = 12 * 20  # <end> is forced after so many beats
    owes_heard: bool = False  # the second clause and <end> wait until <heard> has come

    def words_before_audio(self, vocabulary: Vocabulary, *, speech: bool, body: bool) -> int:
        """How many words the first clause may have so that the first speech code comes in time.

        Raises ConfigError where not even one fits.
        """
        room = self.text_before_audio(vocabulary, speech=speech, body=body)
        return min(self.clause_tokens, max(1, self.first_clause_tokens), room)

    def text_before_audio(self, vocabulary: Vocabulary, *, speech: bool, body: bool) -> int:
        """How many ids of words, <does> and its caption may come before the first speech code.

        Raises ConfigError where not even one fits.
        """
        header = 1 + speech + body + 1  # <agent>, flags, <say>
        place = vocabulary.specs["placement"].num_codebooks
        place_and_motion = (place + BeatShape.of(vocabulary).ids(speech=False, body=True)) * body
        room = self.ids_before_audio - header - place_and_motion
        if room < 1:
            raise ConfigError(
                f"grammar: got {header + place_and_motion} ids before the first audio without any word, "
                f"expected fewer than {self.ids_before_audio}; use tokenizers with fewer codebooks"
            )
        return room

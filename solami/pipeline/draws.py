"""How the ids of a reply are drawn: each kind at its own temperature, as a persona says."""

from __future__ import annotations

from dataclasses import dataclass

from solami.llm.engine import Legal, Sampling
from solami.llm.vocabulary import Vocabulary
from solami.personas import DrawConfig, SamplingConfig

RECOGNISED = Sampling(0.0)  # what was heard and seen is no matter of temperament


@dataclass(frozen=True, slots=True)
class Draws:
    """What a persona's replies are drawn with."""

    text: Sampling
    speech: Sampling
    motion: Sampling

    def sampling(self, legal: Legal, vocabulary: Vocabulary, *, is_caption: bool) -> Sampling:
        """For the next id, one of `legal`; `is_caption`: it goes on with what was heard or seen, or ends that."""
        if is_caption:
            return RECOGNISED
        first = legal[0].start
        if first in vocabulary.span("speech"):
            return self.speech
        is_text = first in vocabulary.text_span or vocabulary.special_name(first) is not None
        return self.text if is_text else self.motion


def draws_of(sampling: SamplingConfig) -> Draws:
    """A persona's temperatures."""

    def one(config: DrawConfig) -> Sampling:
        return Sampling(config.temperature, config.top_p)

    return Draws(one(sampling.text), one(sampling.speech), one(sampling.motion))

"""How the ids of a reply are drawn: each kind at its own temperature, as a persona says."""

from __future__ import annotations

from dataclasses import dataclass

from solami.frames import TextKind
from solami.llm.engine import Legal, Sampling
from solami.llm.vocabulary import Vocabulary
from solami.personas import DrawConfig, SamplingConfig

RECOGNISED = Sampling(0.0)  # what was heard and seen is no matter of temperament


@dataclass(frozen=True, slots=True)
class Draws:
    """What a persona's replies are drawn with."""

    text: Sampling
    does: Sampling
    speech: Sampling
    motion: Sampling

    def sampling(self, legal: Legal, vocabulary: Vocabulary, running: TextKind) -> Sampling:
        """For the next id, one of `legal`; `running`: the kind of the text that it goes on with or ends."""
        if running in ("heard", "saw"):
            return RECOGNISED
        first = legal[0].start
        if first in vocabulary.span("speech"):
            return self.speech
        is_text = first in vocabulary.text_span or vocabulary.special_name(first) is not None
        if not is_text:
            return self.motion
        return self.does if running == "does" else self.text


def draws_of(sampling: SamplingConfig) -> Draws:
    """A persona's temperatures."""

    def one(config: DrawConfig) -> Sampling:
        return Sampling(config.temperature, config.top_p)

    return Draws(one(sampling.text), one(sampling.does), one(sampling.speech), one(sampling.motion))

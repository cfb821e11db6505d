"""Stage 2: alignment. One model learns every task between words, speech and motion, from nothing or from a text LLM."""

from __future__ import annotations

from typing import Any

from solami.llm.vocabulary import Vocabulary
from solami.training.lm_config import LmTrainingConfig
from solami.training.lm_samples import Render
from solami.training.lm_trainer import train_lm


def train_align(
    config: LmTrainingConfig, vocabulary: Vocabulary, *, resume: bool = False, render: Render | None = None
) -> dict[str, Any]:
    """Train on alignment rows; without `start` the model is fresh."""
    return train_lm(config, vocabulary, resume=resume, render=render)

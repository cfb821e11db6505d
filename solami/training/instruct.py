"""Stage 3: instruction tuning of an aligned model on personas' multimodal talks, loss on the character's side."""

from __future__ import annotations

from typing import Any

from solami.errors import ConfigError
from solami.llm.vocabulary import Vocabulary
from solami.training.lm_config import LmTrainingConfig
from solami.training.lm_model import check_made_for
from solami.training.lm_samples import Render
from solami.training.lm_trainer import train_lm


def train_instruct(
    config: LmTrainingConfig, vocabulary: Vocabulary, *, resume: bool = False, render: Render | None = None
) -> dict[str, Any]:
    """Train on instruction rows from `start`. Raises ConfigError without it, or when it was made for other codes."""
    if config.start is None:
        raise ConfigError("instruct: `start` is missing; name the folder that `solami train align` wrote")
    check_made_for(config.start, vocabulary)
    return train_lm(config, vocabulary, resume=resume, render=render)

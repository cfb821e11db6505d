"""Commands that train the LLM: align, then instruct."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import ValidationError

from solami.errors import ConfigError
from solami.strict import Strict


class LmRunConfig(Strict):
    """`configs/train/{align,instruct,toy}.yaml`."""

    data: Path  # the data config, for the tokenizers the rows were made with
    training: dict[str, Any]  # see `training.lm_config.LmTrainingConfig`


def read_run_config(path: Path) -> LmRunConfig:
    """Read a training config. Raises ConfigError for a file that is none."""
    try:
        return LmRunConfig.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, ValidationError, yaml.YAMLError) as error:
        raise ConfigError(f"{path}: not a training config: {error}") from error


def train_stage(stage: Literal["align", "instruct"], config: LmRunConfig, *, resume: bool = False) -> dict[str, Any]:
    """Train one stage of the LLM; returns losses and throughput."""
    from solami.commands.data import load_vocabulary, read_data_config
    from solami.training.align import train_align
    from solami.training.instruct import train_instruct
    from solami.training.lm_config import LmTrainingConfig

    try:
        settings = LmTrainingConfig.model_validate(config.training)
    except ValidationError as error:
        raise ConfigError(f"training: {error}") from error
    vocabulary = load_vocabulary(read_data_config(config.data))
    train = train_align if stage == "align" else train_instruct
    return train(settings, vocabulary, resume=resume)

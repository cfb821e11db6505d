"""Commands that train the LLM: align, then instruct."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import yaml
from pydantic import ValidationError

from solami.errors import ConfigError
from solami.strict import Strict

if TYPE_CHECKING:
    from solami.commands.data import DataConfig
    from solami.training.reply_files import ReplyFiles


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
    data = read_data_config(config.data)
    train = train_align if stage == "align" else train_instruct
    render = reply_files(data).write if settings.samples else None
    return train(settings, load_vocabulary(data), resume=resume, render=render)


def reply_files(data: DataConfig) -> ReplyFiles:
    """What makes sound and pictures of replies, by the tokenizers and in the first voice of a data config."""
    import numpy as np

    from solami.commands.data import load_motion, load_speech
    from solami.config import VOICES_FILE
    from solami.tokenizers.base import Voice
    from solami.tokenizers.voices import load_voices
    from solami.training.reply_files import ReplyFiles

    voice = Voice("any", np.eye(8, dtype=np.float32)[0])  # the dummy's are all alike
    if data.speech is not None:
        voice = min(load_voices(data.speech / VOICES_FILE).values(), key=lambda each: each.name)
    return ReplyFiles(load_speech(data.speech), load_motion(data.motion), voice)

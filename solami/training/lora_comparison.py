"""What LoRA of several ranks and targets gives against full tuning: held-back losses of words, speech and motion.

Every setting tunes the same start on the same rows for as many steps; what it forgot shows on rows of general talk.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from peft import PeftModel
from pydantic import Field
from transformers import PreTrainedModel

from solami.errors import ConfigError
from solami.llm.vocabulary import Vocabulary
from solami.strict import Strict
from solami.training.lm_config import LmTrainingConfig, LoraSettings
from solami.training.lm_data import read_rows
from solami.training.lm_loss import KINDS, LmWithLoss
from solami.training.lm_model import load_model
from solami.training.lm_trainer import train_lm


class Setting(Strict):
    """One way to tune."""

    lora: LoraSettings | None = None  # None: all weights
    learning_rate: float


class LoraComparisonConfig(Strict):
    """`configs/train/lora_settings.yaml`."""

    data: Path = Field(description="the data config, for the vocabulary")
    training: LmTrainingConfig = Field(description="what all settings share; `start` is what is tuned")
    general: Path | None = Field(None, description="rows of other characters' talk, to see what is forgotten")
    general_rows: int = Field(64, ge=1)
    settings: dict[str, Setting]


def compare_tuning(config: LoraComparisonConfig, vocabulary: Vocabulary) -> list[dict[str, Any]]:
    """One row a setting, the untuned start first. Raises ConfigError without `start`."""
    start = config.training.start
    if start is None:
        raise ConfigError("training.start: missing; name the folder of the model that is tuned")
    torch.set_num_threads(config.training.threads)
    untuned = {"setting": "untuned", "bytes": 0, **_general(config, load_model(start, vocabulary), vocabulary)}
    rows = [untuned]
    for name, setting in config.settings.items():
        changes = {"lora": setting.lora, "learning_rate": setting.learning_rate, "out": config.training.out / name}
        run = config.training.model_copy(update=changes)
        report = train_lm(run, vocabulary)
        tuned = load_tuned(run, vocabulary)
        losses = {key: value for key, value in report.items() if key.startswith("eval_")}
        rows.append({"setting": name, "bytes": _stored_bytes(run.out), **losses, **_general(config, tuned, vocabulary)})
    return rows


def load_tuned(run: LmTrainingConfig, vocabulary: Vocabulary) -> PreTrainedModel:
    """What a run left: the whole model, or its start with the additions merged in."""
    if run.lora is None or run.start is None:
        return load_model(run.out, vocabulary)
    merged: PreTrainedModel = PeftModel.from_pretrained(
        load_model(run.start, vocabulary), str(run.out)
    ).merge_and_unload()
    return merged


@torch.inference_mode()
def row_losses(lm: PreTrainedModel, vocabulary: Vocabulary, folder: Path, count: int) -> dict[str, float]:
    """Mean loss of the learned tokens of every kind in a folder's first rows."""
    net, sums = LmWithLoss(lm.eval(), vocabulary), torch.zeros(len(KINDS), 2)
    ids, mask = (torch.from_numpy(part[:count]) for part in read_rows(folder))
    for row, learned in zip(ids.long(), mask, strict=True):
        sums += net(row[None], learned[None])["kinds"]
    return {name: float(total / number) for name, (total, number) in zip(KINDS, sums, strict=True) if number}


def _general(config: LoraComparisonConfig, lm: PreTrainedModel, vocabulary: Vocabulary) -> dict[str, float]:
    if config.general is None:
        return {}
    losses = row_losses(lm, vocabulary, config.general, config.general_rows)
    return {f"general_{name}_loss": round(value, 4) for name, value in losses.items()}


def _stored_bytes(folder: Path) -> int:
    """What this setting stores."""
    return sum(file.stat().st_size for file in folder.glob("*.safetensors"))

"""Ways to tune one model, side by side: all weights, LoRA of several ranks and targets, no alignment before it.

Every setting takes as many steps. Held-back losses are told for words, speech and motion apart; what was forgotten
shows on rows of a general kind.
"""

from __future__ import annotations

import logging
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

log = logging.getLogger(__name__)


class Setting(Strict):
    """One way to tune."""

    lora: LoraSettings | None = None  # None: all weights
    learning_rate: float
    is_fresh: bool = Field(False, description="from random weights instead of `start`: without alignment")
    prompt: float = Field(0.0, ge=0, description="`weights.prompt`: 1 learns the user's side as well")
    rows: tuple[Path, ...] = Field((), description="instead of the others' rows: another order of tokens")


class LoraComparisonConfig(Strict):
    """`configs/train/lora_settings.yaml`."""

    data: Path = Field(description="the data config, for the vocabulary")
    training: LmTrainingConfig = Field(description="what all settings share; `start` is what is tuned")
    general: Path | None = Field(None, description="rows of what the start could do, to see what is forgotten")
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
        run = run_of(config.training, name, setting)
        report = train_lm(run, vocabulary)
        tuned = load_tuned(run, vocabulary)
        losses = {key: value for key, value in report.items() if key.startswith("eval_")}
        more = {"bytes": _stored_bytes(run.out), "steps": report["steps"], "minutes": report["minutes"]}
        rows.append({"setting": name, **more, **losses, **_general(config, tuned, vocabulary)})
        log.info("%s", rows[-1])
    return rows


def run_of(shared: LmTrainingConfig, name: str, setting: Setting) -> LmTrainingConfig:
    """The training run of one setting."""
    changes = {
        "lora": setting.lora,
        "learning_rate": setting.learning_rate,
        "start": None if setting.is_fresh else shared.start,
        "weights": shared.weights.model_copy(update={"prompt": setting.prompt}),
        "rows": setting.rows or shared.rows,
        "out": shared.out / name,
    }
    return shared.model_copy(update=changes)


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

"""The settings of one stage of the LLM's training."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from solami.strict import Strict
from solami.training.lm_model import ModelConfig


class LossWeights(Strict):
    """How much one learned token of a kind counts; words are few among codes."""

    text: float = 1.0  # control tokens too
    speech: float = 1.0
    motion: float = 1.0  # body, hands and placement
    prompt: float = Field(0.0, ge=0, description="factor of tokens that are not the character's; the paper has 1")


class LoraSettings(Strict):
    """Low-rank additions. Every projection by default: far from the start they learn motion and words better so."""

    rank: int = Field(8, ge=1)
    alpha: float = 16.0
    dropout: float = Field(0.05, ge=0, lt=1)
    targets: tuple[str, ...] = ("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj")


class LmTrainingConfig(Strict):
    """One stage of training."""

    rows: tuple[Path, ...]  # folders of packed rows, all of one length
    out: Path  # Hugging Face folder; checkpoints to go on from lie in out/checkpoints
    start: Path | None = None  # Hugging Face folder to start from; None: a fresh model
    model: ModelConfig = ModelConfig()
    weights: LossWeights = LossWeights()
    lora: LoraSettings | None = None  # train low-rank additions to `start` instead of all weights
    batch_rows: int = 8  # of a process and a step
    accumulate: int = Field(1, ge=1, description="steps whose gradients make one update")
    learning_rate: float = 1.5e-3
    lowest_rate: float = 0.05  # share of learning_rate at the end
    warmup_share: float = 0.03
    weight_decay: float = 0.05
    max_steps: int = 100_000
    max_minutes: float | None = None
    save_minutes: float = 5.0
    val_rows: int = 64  # taken off the end, never trained on
    threads: int = 2
    bf16: bool | None = None  # None: where the processor multiplies bf16 in hardware
    compile: bool = False
    report_to: tuple[Literal["tensorboard", "wandb"], ...] = ()
    samples: tuple[str, ...] = ()  # typed words whose replies are written beside every checkpoint
    seed: int = 0

"""The settings of one stage of the LLM's training."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from solami.strict import Strict
from solami.training.lm_model import ModelConfig


class LossWeights(Strict):
    """How much one learned token of a kind counts; words are few among codes."""

    text: float = 1.0  # control tokens too
    speech: float = 1.0
    motion: float = 1.0  # body, hands and placement
    prompt: float = Field(0.0, ge=0, description="factor of tokens that are not the character's; the paper has 1")


class LmTrainingConfig(Strict):
    """One stage of training."""

    rows: tuple[Path, ...]  # folders of packed rows, all of one length
    out: Path  # Hugging Face folder; checkpoints to go on from lie in out/checkpoints
    start: Path | None = None  # Hugging Face folder to start from; None: a fresh model
    model: ModelConfig = ModelConfig()
    weights: LossWeights = LossWeights()
    batch_rows: int = 8
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
    tensorboard: bool = False
    seed: int = 0

"""Trains the motion tokenizer's networks on a motion pack: body and hands, one codebook stack each.

Reads the train split only; `motion_scores` measures on the others. Writes checkpoints `motion.safetensors` +
`motion.json` atomically, and `metrics.jsonl` beside them; `start` goes on from a checkpoint.
"""

from __future__ import annotations

import json
import logging
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from pydantic import Field
from torch import Tensor
from vector_quantize_pytorch import ResidualVQ

from solami.errors import ConfigError
from solami.strict import Strict
from solami.tokenizers.modules.motion_variants import PaperMotionNet
from solami.tokenizers.modules.motion_vq import STRIDE, MotionNet
from solami.tokenizers.motion import MotionTokenizerConfig, VQMotionTokenizer
from solami.tokenizers.motion_streams import PARTS, Part
from solami.training.motion_data import MotionWindows, load_training_windows
from solami.training.motion_losses import body_losses, hands_losses

logger = logging.getLogger(__name__)
FrameNet = MotionNet | PaperMotionNet
Losses = Callable[[Tensor, Tensor, Tensor], dict[str, Tensor]]


class MotionTrainConfig(Strict):
    """One training run."""

    tokenizer: MotionTokenizerConfig
    data: Path = Field(description="folder of the motion pack (index.jsonl)")
    out: Path = Field(description="folder for the checkpoint and metrics")
    start: Path | None = Field(None, description="checkpoint folder to go on from, with the same networks")
    anew: Part | None = Field(None, description="trained alone from the beginning; the other one stays as in `start`")
    steps: int = Field(9000, gt=0, description="optimiser steps of the body network")
    max_minutes: float | None = Field(None, gt=0, description="shorten the schedule so that it ends by then")
    hands_every: int = Field(3, gt=0, description="the hands network takes one step for so many of the body's")
    batch_size: int = Field(48, gt=0, description="windows a step")
    window_frames: int = Field(96, gt=0, multiple_of=STRIDE, description="poses in a window")
    learning_rate: float = Field(1e-3, gt=0)
    warmup_steps: int = Field(200, ge=0)
    speed_copies: int = Field(2, ge=0, description="copies of every clip at a random speed")
    rare_actions: tuple[str, ...] = Field((), description="action tags drawn more often")
    rare_boost: float = Field(3.0, ge=1, description="how many times more often")
    checkpoint_steps: int = Field(1500, gt=0)
    bfloat16: bool = Field(False, description="autocast the convolutions")
    seed: int = 0


@dataclass
class Learner:
    """One network under training."""

    name: str
    net: FrameNet
    windows: MotionWindows
    losses: Losses
    optimizer: torch.optim.Optimizer

    def step(self, config: MotionTrainConfig, rate: float, generator: np.random.Generator) -> dict[str, float]:
        """One optimiser step at learning rate `rate`; the losses by name."""
        self.optimizer.param_groups[0]["lr"] = rate
        frames = torch.from_numpy(self.windows.draw(config.batch_size, generator))
        with torch.autocast("cpu", torch.bfloat16, enabled=config.bfloat16):
            decoded, codes, commitment = self.net(frames)
        losses = self.losses(frames, decoded.float(), self.net.scale) | {"commitment": commitment.float()}
        self.optimizer.zero_grad(set_to_none=True)
        torch.stack(list(losses.values())).sum().backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 1.0)
        self.optimizer.step()
        return {k: v.item() for k, v in losses.items()} | {"codes_in_batch": float(len(codes[:, 0].unique()))}


def train_motion_tokenizer(config: MotionTrainConfig) -> VQMotionTokenizer:
    """Train both networks and save them; returns the tokenizer. Raises InputError for a pack that cannot be read."""
    torch.manual_seed(config.seed)
    generator = np.random.default_rng(config.seed)
    data = load_training_windows(config, generator)
    tokenizer = VQMotionTokenizer.fresh(config.tokenizer)
    if config.start is not None:
        tokenizer.fill(config.start, [name for name in PARTS if name != config.anew])
    losses: dict[str, Losses] = {"body": body_losses, "hands": hands_losses}
    learning = PARTS if config.anew is None else (config.anew,)
    parts = [_part(name, tokenizer.nets[name], data[name], losses[name], config) for name in learning]
    fit(parts, config, lambda: tokenizer.save(config.out))
    return tokenizer.eval()


def fit(parts: Sequence[Learner], config: MotionTrainConfig, save: Callable[[], None]) -> None:
    """Train every part for the run's steps or minutes, whichever end first; the first part takes a step each time."""
    config.out.mkdir(parents=True, exist_ok=True)
    generator = np.random.default_rng(config.seed)
    started = time.monotonic()
    for step in range(config.steps):
        done = _progress(config, step, time.monotonic() - started)
        rate = _learning_rate(config, step, done)
        for part in parts if step % config.hands_every == 0 else parts[:1]:
            losses_now = part.step(config, rate, generator)
            if step % 300 == 0 or done >= 1 or step + 1 == config.steps:
                _log(config, {"step": step, "part": part.name, "seconds": time.monotonic() - started} | losses_now)
        if (step + 1) % config.checkpoint_steps == 0:
            save()
        if done >= 1:
            break
    save()


def _part(name: Part, net: MotionNet, windows: MotionWindows, losses: Losses, config: MotionTrainConfig) -> Learner:
    if config.start is None or name == config.anew:
        return prepare(name, net, windows, losses, config)
    _keep_codes(net, getattr(config.tokenizer, name).dead_below)
    return _ready(name, net, windows, losses, config)


def prepare(name: str, net: FrameNet, windows: MotionWindows, losses: Losses, config: MotionTrainConfig) -> Learner:
    """A fresh network ready to train: features scaled as the windows are, codes placed where the latents lie."""
    part = _ready(name, net, windows, losses, config)
    mean, scale = windows.statistics()
    net.mean.copy_(torch.from_numpy(mean)[:, None])
    net.scale.copy_(torch.from_numpy(scale)[:, None])
    if isinstance(net, MotionNet) and isinstance(net.quantizer, ResidualVQ):
        _place_codes(net, torch.from_numpy(windows.draw(8 * config.batch_size, np.random.default_rng(config.seed))))
    return part


def _ready(name: str, net: FrameNet, windows: MotionWindows, losses: Losses, config: MotionTrainConfig) -> Learner:
    if not windows.frames_total:
        raise ConfigError(f"no {name} clips of {config.window_frames} poses in the train split of {config.data}")
    net.train()
    optimizer = torch.optim.AdamW(net.parameters(), lr=config.learning_rate, betas=(0.9, 0.98), weight_decay=1e-4)
    return Learner(name, net, windows, losses, optimizer)


def _place_codes(net: MotionNet, frames: Tensor) -> None:
    """Put the codebook's entries where the latents are, by k-means over many windows at once."""
    for layer in net.quantizer.layers:
        layer._codebook.initted.fill_(False)
    with torch.no_grad():
        net.quantize(net.latents(frames))


def _keep_codes(net: MotionNet, dead_below: float) -> None:
    """Start the running averages, which no file keeps, at the codes that were read."""
    for layer in net.quantizer.layers:
        codebook = layer._codebook
        codebook.threshold_ema_dead_code = dead_below
        codebook.cluster_size.fill_(1.0)
        codebook.embed_avg.copy_(codebook.embed)


def _progress(config: MotionTrainConfig, step: int, seconds: float) -> float:
    """How much of the run is done, by steps or by the clock, whichever is further."""
    by_clock = 0.0 if config.max_minutes is None else seconds / (60 * config.max_minutes)
    return max(step / config.steps, by_clock)


def _learning_rate(config: MotionTrainConfig, step: int, done: float) -> float:
    """Linear warm-up, then half a cosine to zero."""
    warm = min(1.0, (step + 1) / max(1, config.warmup_steps))
    return config.learning_rate * warm * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))


def _log(config: MotionTrainConfig, row: dict[str, object]) -> None:
    logger.info("%s", " ".join(f"{k}={v:.4g}" if isinstance(v, float) else f"{k}={v}" for k, v in row.items()))
    with (config.out / "metrics.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")

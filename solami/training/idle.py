"""Trains the idle network on codes of idle and listening clips. Writes idle.safetensors + idle.json atomically."""

from __future__ import annotations

import json
import logging
import math
from pathlib import Path
from typing import cast

import numpy as np
import torch
import torch.nn.functional as F
from pydantic import Field
from torch import Tensor

from solami.errors import ConfigError
from solami.frames import IntArray
from solami.strict import Strict
from solami.tokenizers.base import MotionTokenizer
from solami.tokenizers.idle import IdleModel, IdleMotion
from solami.tokenizers.motion import VQMotionTokenizer
from solami.training.idle_data import Sequence, idle_sequences

logger = logging.getLogger(__name__)


class IdleTrainConfig(Strict):
    """One training run."""

    data: Path = Field(description="folder of the motion pack (index.jsonl)")
    tokenizer: str = Field("default", description="checkpoint whose motion tokenizer's codes are spoken")
    out: Path = Field(description="folder for the checkpoint and metrics")
    actions: tuple[str, ...] = Field(description="action tags that are learnt")
    skipped: tuple[str, ...] = Field((), description="parts of clip names that are left out")
    copies: int = Field(2, gt=0, description="of each clip and of its mirror image, at random speeds")
    steps: int = Field(1500, gt=0)
    batch_size: int = Field(32, gt=0)
    window: int = Field(48, gt=1, description="code frames")
    learning_rate: float = Field(3e-3, gt=0)
    smoothing: float = Field(0.05, ge=0, lt=1, description="of the labels: less is learnt by heart")
    temperature: float = Field(0.9, gt=0, description="at which the shipped model draws")
    top_p: float = Field(0.95, gt=0, le=1)
    seed: int = 0


def train_idle(config: IdleTrainConfig, tokenizer: MotionTokenizer) -> IdleModel:
    """Train on the codes of `tokenizer` and save. Raises InputError for a pack that cannot be read."""
    torch.manual_seed(config.seed)
    generator = np.random.default_rng(config.seed)
    data = idle_sequences(tokenizer, config.data, config.actions, config.skipped, config.copies, config.seed)
    if not data:
        raise ConfigError(f"no train clips of {', '.join(config.actions)} in {config.data}")
    logger.info("%d sequences, %d code frames", len(data), sum(len(s.codes) for s in data))
    model = IdleModel.fresh(tokenizer)
    model.config = model.config.model_copy(update={"temperature": config.temperature, "top_p": config.top_p})
    start_from_codebooks(model, tokenizer)
    model.net.train()
    optimizer = torch.optim.AdamW(model.net.parameters(), lr=config.learning_rate, weight_decay=1e-2)
    config.out.mkdir(parents=True, exist_ok=True)
    for step in range(config.steps):
        optimizer.param_groups[0]["lr"] = config.learning_rate * 0.5 * (1 + math.cos(math.pi * step / config.steps))
        losses = _losses(model, data, config, generator)
        optimizer.zero_grad(set_to_none=True)
        torch.stack(losses).sum().backward()
        torch.nn.utils.clip_grad_norm_(model.net.parameters(), 1.0)
        optimizer.step()
        if step % 100 == 0 or step + 1 == config.steps:
            _log(config, {"step": step} | {f"book{k}": loss.item() for k, loss in enumerate(losses)})
    model.net.eval()
    model.save(config.out)
    return model


def _losses(
    model: IdleModel, data: list[Sequence], config: IdleTrainConfig, generator: np.random.Generator
) -> list[Tensor]:
    """Cross entropy of each codebook over windows that begin anywhere; short ones are filled and not counted."""
    books = len(model.config.net.codebook_sizes)
    codes = np.full((config.batch_size, config.window + 1, books), -1, np.int64)
    condition = np.zeros((config.batch_size, config.window), np.int64)
    shares = np.array([len(s.codes) for s in data], np.float64)
    for row, i in enumerate(generator.choice(len(data), config.batch_size, p=shares / shares.sum())):
        start = int(generator.integers(-1, max(0, len(data[i].codes) - config.window) + 1)) if len(shares) else 0
        part = data[i].codes[max(start, 0) : start + 1 + config.window]
        at = 1 if start < 0 else 0
        codes[row, at : at + len(part)] = part
        conditions = data[i].condition[start + 1 : start + 1 + config.window]
        condition[row, : len(conditions)] = conditions
    frames, target = torch.from_numpy(codes), torch.from_numpy(codes[:, 1:])
    net = model.net
    begins = (frames[:, 0, :1] < 0).float()
    first = begins * net.start + (1 - begins) * net.read(frames[:, :1].clamp_min(0))[:, 0]
    scores = net(target.clamp_min(0), torch.from_numpy(condition), first)
    return [
        F.cross_entropy(s.flatten(0, 1), target[..., k].flatten(), ignore_index=-1, label_smoothing=config.smoothing)
        for k, s in enumerate(scores)
    ]


def start_from_codebooks(model: IdleModel, tokenizer: MotionTokenizer) -> None:
    """Put the network's tables where the codebooks' main axes are: unseen codes stand beside their likes."""
    if not isinstance(tokenizer, VQMotionTokenizer):
        return
    books: list[Tensor] = [
        book for part in ("body", "hands") for book in cast(Tensor, tokenizer.nets[part].quantizer.codebooks)
    ]
    with torch.no_grad():
        for table, book in zip(model.net.tables, books, strict=True):
            weight = cast(Tensor, table.weight)
            centred = (book - book.mean(0)).float()
            width = min(weight.shape[1], *centred.shape)
            axes = torch.linalg.svd(centred, full_matrices=False)[2][:width]
            weight[:, :width] = centred @ axes.T / centred.std().clamp_min(1e-6) * 0.3


def longest_copy(model: IdleModel, data: list[Sequence], beats: int, seed: int = 0) -> int:
    """Code frames of the longest run of generated body codes that one training sequence holds.

    Repeated frames count once: standing still is nobody's.
    """
    books = model.config.net.body_books
    motion: IdleMotion = model.motion(seed)
    made = np.concatenate([motion.step(i // 40 % 2 == 1, i % 11 == 0).body.values for i in range(beats)], axis=1).T
    made = _without_repeats(made)
    longest = 0
    for sequence in data:
        equal = (made[:, None] == _without_repeats(sequence.codes[:, :books])[None]).all(-1)
        run = np.zeros(equal.shape[1], np.int64)
        for row in equal:
            run = np.where(row, np.concatenate([[0], run[:-1]]) + 1, 0)
            longest = max(longest, int(run.max()))
    return longest


def _without_repeats(codes: IntArray) -> IntArray:
    """Codes [T, K] less those that equal the frame before."""
    return codes[np.concatenate([[True], (codes[1:] != codes[:-1]).any(-1)])]


def _log(config: IdleTrainConfig, row: dict[str, float]) -> None:
    logger.info("%s", " ".join(f"{name}={value:.4g}" for name, value in row.items()))
    with (config.out / "metrics.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")

"""Trains body networks of several designs for as many steps on the same windows and scores them the same way.

The table tells what each code a second buys. Hands keep their own rotations: only the body is compared.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from pydantic import Field
from torch import Tensor

from solami.body.measures import compare
from solami.body.pack import Clip, read_index
from solami.body.standing import placed_like
from solami.frames import FloatArray
from solami.tokenizers.modules.closed_loop import ClosedLoop
from solami.tokenizers.modules.foot_anchor import BodyNet
from solami.tokenizers.modules.motion_variants import PaperMotionNet, ScalarMotionNet, paper_losses
from solami.tokenizers.modules.motion_vq import STRIDE, MotionNet
from solami.tokenizers.motion_features import BODY_DIM, FeatureExtractor, PoseIntegrator
from solami.tokenizers.motion_streams import FPS
from solami.training.motion_data import MotionWindows, load_training_windows
from solami.training.motion_losses import body_losses
from solami.training.motion_tokenizer import FrameNet, Losses, MotionTrainConfig, fit, prepare

logger = logging.getLogger(__name__)
FSQ_LEVELS = (8, 5, 5, 5)
Decode = Callable[[Tensor], tuple[Tensor, Tensor]]  # feature frames [1, D, T] -> decoded ones, codes [1, K, T / 4]


class MotionComparisonConfig(MotionTrainConfig):
    """A training run for each design, of `steps` steps."""

    residual_codebooks: tuple[int, ...] = Field((1, 2, 4), description="our network with so many codebooks")


@dataclass(frozen=True)
class Design:
    """One row of the table."""

    name: str
    net: FrameNet
    losses: Losses
    codebook_size: int
    num_codebooks: int


def designs(config: MotionComparisonConfig) -> list[Design]:
    """The designs that are compared, with fresh weights from the run's seed."""
    body = config.tokenizer.body
    made: list[Design] = []
    for count in config.residual_codebooks:
        torch.manual_seed(config.seed)
        net = BodyNet(body.model_copy(update={"num_codebooks": count}))
        made.append(Design(f"causal, {count} x {body.codebook_size}", net, body_losses, body.codebook_size, count))
    torch.manual_seed(config.seed)
    scalar = ScalarMotionNet(body.model_copy(update={"num_codebooks": 1}), FSQ_LEVELS)
    made.append(Design("causal, FSQ 8 5 5 5", scalar, body_losses, int(np.prod(FSQ_LEVELS)), 1))
    made.append(Design("paper: sees ahead, 1 x 512", PaperMotionNet(BODY_DIM), paper_losses, 512, 1))
    return made


def compare_designs(config: MotionComparisonConfig) -> list[dict[str, Any]]:
    """Train and score every design; a row each: codes and bits a second, errors of val + test and of test alone."""
    windows = load_training_windows(config, np.random.default_rng(config.seed))["body"]
    clips = [clip for clip in read_index(config.data) if clip.split != "train"]
    rows = []
    for design in designs(config):
        _train(design, windows, config)
        rows += [_row(design, way, decode, clips) for way, decode in _ways(design.net)]
        logger.info("%s", rows[-1])
    return rows


def _train(design: Design, windows: MotionWindows, config: MotionComparisonConfig) -> None:
    folder = "_".join(re.findall(r"\w+", design.name))
    run = config.model_copy(update={"out": config.out / folder})
    fit([prepare("body", design.net, windows, design.losses, run)], run, lambda: None)
    design.net.eval()


def _ways(net: FrameNet) -> list[tuple[str, Decode]]:
    """How clips are encoded: at once, and for our own networks by trying codes too."""
    ways: list[tuple[str, Decode]] = [("nearest code", lambda frames: net(frames)[:2])]
    if isinstance(net, MotionNet) and not isinstance(net, ScalarMotionNet):
        ways.append(("codes tried", lambda frames: _closed(net, frames)))
    return ways


def _closed(net: MotionNet, frames: Tensor) -> tuple[Tensor, Tensor]:
    loop = ClosedLoop(net)
    codes = torch.cat([loop.step(block) for block in frames.split(STRIDE, dim=2)], dim=2)
    return net.frames(net.vectors(codes)), codes


def _row(design: Design, way: str, decode: Decode, clips: Sequence[Clip]) -> dict[str, Any]:
    errors: dict[str, list[tuple[dict[str, float], int]]] = {"val+test": [], "test": []}
    for clip in clips:
        made = _score(decode, clip)
        errors["val+test"].append(made)
        if clip.split == "test":
            errors["test"].append(made)
    rate = FPS / STRIDE * design.num_codebooks
    pooled = {
        f"{name}_{split.replace('+', '_')}": _pool(rows, name)
        for split, rows in errors.items()
        for name in ("mpjpe_mm", "pa_mpjpe_mm", "rotation_error_deg", "foot_skate_ratio")
    }
    bits = rate * float(np.log2(design.codebook_size))
    parameters = sum(p.numel() for p in design.net.parameters())
    shown = {"design": design.name, "encoded": way, "codes_per_s": rate, "bits_per_s": bits, "parameters": parameters}
    return shown | pooled


def _score(decode: Decode, clip: Clip) -> tuple[dict[str, float], int]:
    motion = clip.read()
    body, hands = FeatureExtractor().push(motion)
    padded = _whole(body)
    with torch.inference_mode():
        decoded, _ = decode(torch.from_numpy(padded).T[None])
    frames = decoded[0].T.numpy()[: len(body)]
    return compare(motion, placed_like(PoseIntegrator().push(frames, hands, FPS), motion)), len(body)


def _whole(frames: FloatArray) -> FloatArray:
    """The last frame held to a whole code."""
    return np.concatenate([frames, np.repeat(frames[-1:], -len(frames) % STRIDE, axis=0)])


def _pool(rows: Sequence[tuple[dict[str, float], int]], name: str) -> float:
    """Mean over frames of the clips' means."""
    return sum(errors[name] * count for errors, count in rows) / max(1, sum(count for _, count in rows))

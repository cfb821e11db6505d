"""Trains the three-point network on a motion pack's train split, with simulated trackers.

Writes `three_points.safetensors` + `three_points.json` atomically and `metrics.jsonl` beside them; resumes from the
checkpoint where `start` names it.
"""

from __future__ import annotations

import json
import logging
import math
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from pydantic import Field
from torch import Tensor

from solami import skeleton
from solami.body.geometry import conjugate, multiply, quaternion_to_six, yaw_quaternion
from solami.body.gestures.catalogue import CAPTIONS, perform
from solami.body.pack import read_index
from solami.errors import ConfigError
from solami.frames import MotionChunk
from solami.strict import Strict
from solami.tokenizers.modules.body_positions import turn_about_y
from solami.tokenizers.modules.kinematics import joint_positions, six_to_matrix
from solami.tokenizers.three_points import ThreePointModel, ThreePointsConfig
from solami.tokenizers.tracker_features import TrackerFeatures
from solami.training.three_points_data import Faults, TrackerWindows, Window, seated, tracked, with_mirror

logger = logging.getLogger(__name__)
_BODY = skeleton.NUM_BODY_JOINTS
_HEAD = skeleton.INDEX["head"]
_LEGS = [skeleton.INDEX[f"{s}_{j}"] for s in ("left", "right") for j in ("hip", "knee", "ankle", "foot")]
_ANKLES_AND_FEET = list(skeleton.CONTACT_JOINTS)


class ThreePointsTrainConfig(Strict):
    """One training run."""

    model: ThreePointsConfig = ThreePointsConfig()
    data: Path = Field(description="folder of the motion pack (index.jsonl)")
    out: Path = Field(description="folder for the checkpoint and metrics")
    start: Path | None = Field(None, description="checkpoint folder to go on from")
    steps: int = Field(4000, gt=0)
    max_minutes: float | None = Field(None, gt=0, description="shorten the schedule so that it ends by then")
    batch_size: int = Field(32, gt=0, description="windows a step")
    window_frames: int = Field(60, gt=1, description="poses in a window")
    learning_rate: float = Field(2e-3, gt=0)
    warmup_steps: int = Field(100, ge=0)
    checkpoint_steps: int = Field(500, gt=0)
    seated_share: float = Field(0.12, ge=0, lt=1, description="clips that are also learnt on a chair")
    skipped_actions: tuple[str, ...] = Field((), description="action tags left out: users in VR do not roll")
    takes: int = Field(3, ge=0, description="takes of every procedural caption, beside the captures")
    faults: Faults = Faults()
    seed: int = 0


def train_three_points(config: ThreePointsTrainConfig) -> ThreePointModel:
    """Train and save; returns the model. Raises InputError for a pack that cannot be read."""
    torch.manual_seed(config.seed)
    generator = np.random.default_rng(config.seed)
    windows = load_windows(config, generator)
    model = ThreePointModel.load(config.start) if config.start else ThreePointModel.fresh(config.model)
    if config.start is None:
        _set_statistics(model, windows.draw(256, generator))
    optimizer = torch.optim.AdamW(model.net.parameters(), lr=config.learning_rate, betas=(0.9, 0.98), weight_decay=1e-3)
    config.out.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    for step in range(config.steps):
        seconds = time.monotonic() - began
        done = max(step / config.steps, seconds / (60 * config.max_minutes) if config.max_minutes else 0.0)
        warm = min(1.0, (step + 1) / max(1, config.warmup_steps))
        optimizer.param_groups[0]["lr"] = config.learning_rate * warm * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))
        losses = three_points_losses(model, windows.draw(config.batch_size, generator))
        optimizer.zero_grad(set_to_none=True)
        torch.stack(list(losses.values())).sum().backward()
        torch.nn.utils.clip_grad_norm_(model.net.parameters(), 1.0)
        optimizer.step()
        if step % 100 == 0 or done >= 1 or step + 1 == config.steps:
            _log(config, {"step": step, "seconds": seconds} | {k: v.item() for k, v in losses.items()})
        if (step + 1) % config.checkpoint_steps == 0:
            model.save(config.out)
        if done >= 1:
            break
    model.save(config.out)
    return ThreePointModel.load(config.out)


def load_windows(config: ThreePointsTrainConfig, generator: np.random.Generator) -> TrackerWindows:
    """Every train clip, every take and their mirror images, some of them on a chair as well."""
    clips = []
    for motion in _motions(config):
        motions = with_mirror(motion)
        if generator.random() < config.seated_share:
            motions += with_mirror(seated(motion, generator))
        clips += [tracked(m) for m in motions if len(m.rotations) >= config.window_frames]
    windows = TrackerWindows(clips, config.window_frames, config.faults)
    if not len(windows):
        raise ConfigError(f"no train clips of {config.window_frames} poses in {config.data}")
    return windows


def _motions(config: ThreePointsTrainConfig) -> Iterator[MotionChunk]:
    for clip in read_index(config.data):
        if clip.split == "train" and clip.action not in config.skipped_actions:
            yield clip.read()
    for caption in CAPTIONS:
        for seed in range(config.takes):
            yield perform(caption, seed).motion


def three_points_losses(model: ThreePointModel, window: Window) -> dict[str, Tensor]:
    """Losses by name: rotations, positions from the head, the same of the legs, and world velocities."""
    seen = TrackerFeatures().push(window.places, window.turns, window.valid)
    target = window.rotations.astype(np.float64)
    target[:, :, 0] = multiply(conjugate(yaw_quaternion(seen.yaw)), target[:, :, 0])
    wanted = torch.from_numpy(quaternion_to_six(target).astype(np.float32))
    six, _ = model.net(torch.from_numpy(seen.features))
    batch, count = six.shape[:2]
    offsets = torch.tensor([joint.offset_m for joint in skeleton.JOINTS[:_BODY]])
    matrices = six_to_matrix(six.reshape(-1, _BODY, 6))
    places = joint_positions(matrices, skeleton.PARENTS[:_BODY], offsets).reshape(batch, count, _BODY, 3)
    yaw = torch.from_numpy(seen.yaw.astype(np.float32))[..., None]
    places = turn_about_y(places - places[:, :, _HEAD : _HEAD + 1], yaw.expand(-1, -1, _BODY))
    head = torch.from_numpy(window.joints[:, :, _HEAD : _HEAD + 1])
    truth = torch.from_numpy(window.joints)
    off = (places + head - truth).norm(dim=-1)
    speed = ((places + head).diff(dim=1) - truth.diff(dim=1)).norm(dim=-1)
    two = torch.cat([matrices[..., 0], matrices[..., 1]], dim=-1).reshape(batch, count, _BODY, 6)
    return {
        "rotation": F.smooth_l1_loss(two, wanted, beta=0.1),
        "position": 2.0 * off.mean(),
        "legs": 2.0 * off[:, :, _LEGS].mean(),
        "velocity": 5.0 * speed.mean() + 5.0 * speed[:, :, _ANKLES_AND_FEET].mean(),
    }


def _set_statistics(model: ThreePointModel, window: Window) -> None:
    """Put the features' mean and spread, and the mean pose, into the network's buffers."""
    seen = TrackerFeatures().push(window.places, window.turns, window.valid)
    flat = seen.features.reshape(-1, seen.features.shape[-1])
    model.net.mean.copy_(torch.from_numpy(flat.mean(0)))
    model.net.scale.copy_(torch.from_numpy(np.maximum(flat.std(0), 5e-3)))
    target = window.rotations.astype(np.float64)
    target[:, :, 0] = multiply(conjugate(yaw_quaternion(seen.yaw)), target[:, :, 0])
    model.net.rest.copy_(torch.from_numpy(quaternion_to_six(target).mean((0, 1)).reshape(-1).astype(np.float32)))


def _log(config: ThreePointsTrainConfig, row: dict[str, float]) -> None:
    logger.info("%s", " ".join(f"{name}={value:.4g}" for name, value in row.items()))
    with (config.out / "metrics.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(row) + "\n")

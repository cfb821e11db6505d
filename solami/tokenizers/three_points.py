"""Headset and two controllers -> a whole body, while they arrive. Every joint says whether it was measured.

A small recurrent network guesses the body, then head and hands are put where they were measured: the head by moving
the body, the hands by two-bone inverse kinematics of the arms. Legs are always a guess; fingers and face are absent.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Literal, Self

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import ValidationError
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from solami.body.geometry import Array, multiply, six_to_quaternion, yaw_quaternion
from solami.body.tracker_scale import UserScale
from solami.body.tracker_timing import TrackerResampler
from solami.body.trackers import TrackerChunk
from solami.errors import ConfigError
from solami.skeleton import NUM_BODY_JOINTS
from solami.strict import Strict
from solami.tokenizers.modules.three_points_net import ThreePointsNet, ThreePointsNetConfig
from solami.tokenizers.three_points_body import FPS, SolvedBody, put_hands, put_head, solved_body
from solami.tokenizers.tracker_features import TrackerFeatures, TrackerFrames

WEIGHTS, CONFIG = "three_points.safetensors", "three_points.json"
_FADE_FRAMES = 9  # over which a hand that is lost, or found again, leaves or joins its tracker


class ThreePointsConfig(Strict):
    """The network of a checkpoint."""

    kind: Literal["three_points"] = "three_points"
    net: ThreePointsNetConfig = ThreePointsNetConfig()


class ThreePointModel:
    """The network, shared by all streams."""

    def __init__(self, config: ThreePointsConfig, net: ThreePointsNet) -> None:
        self.config, self.net = config, net

    @classmethod
    def fresh(cls, config: ThreePointsConfig) -> Self:
        """Random weights from torch's current seed."""
        return cls(config, ThreePointsNet(config.net).eval())

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read three_points.json and three_points.safetensors. Raises ConfigError where absent or unfit."""
        try:
            config = ThreePointsConfig.model_validate_json((folder / CONFIG).read_text(encoding="utf-8"))
            tensors = load_file(folder / WEIGHTS)
        except (OSError, ValidationError, SafetensorError) as error:
            raise ConfigError(f"{folder}: no three-point model to load: {error}") from error
        model = cls.fresh(config)
        wanted = {name: value.shape for name, value in model.net.state_dict().items()}
        if wanted != {name: value.shape for name, value in tensors.items()}:
            raise ConfigError(f"{folder / WEIGHTS} does not fit {CONFIG}: its tensors have other names or shapes")
        model.net.load_state_dict({name: value.float() for name, value in tensors.items()})
        return model

    def save(self, folder: Path) -> None:
        """Write both files (float16), each replaced in one move."""
        folder.mkdir(parents=True, exist_ok=True)
        tensors = {k: v.detach().half().contiguous() for k, v in self.net.state_dict().items()}
        save_file(tensors, folder / f"{WEIGHTS}.part")
        text = json.dumps(self.config.model_dump(mode="json"), indent=2) + "\n"
        (folder / f"{CONFIG}.part").write_text(text, encoding="utf-8")
        os.replace(folder / f"{WEIGHTS}.part", folder / WEIGHTS)
        os.replace(folder / f"{CONFIG}.part", folder / CONFIG)

    def solver(self, height_m: float | None = None) -> ThreePointSolver:
        """A new stream of a user; the height is estimated where it is not given."""
        return ThreePointSolver(self, height_m)

    def solve(self, trackers: TrackerChunk, height_m: float | None = None) -> SolvedBody:
        """A whole recording at once; the same poses as streaming it."""
        return self.solver(height_m).push(trackers)


class ThreePointSolver:
    """One running stream of one user."""

    def __init__(self, model: ThreePointModel, height_m: float | None = None) -> None:
        self._net = model.net
        self._resampler = TrackerResampler(FPS)
        self._scale = UserScale(height_m)
        self._features = TrackerFeatures()
        self._state: Tensor | None = None
        self._trust: Array | None = None  # in the left and right hand's tracker [2], 0..1

    def calibrate(self, t_pose: TrackerChunk) -> None:
        """Take the user's size from samples of a T-pose. Raises InputError when none of them is one."""
        self._scale.calibrate(t_pose)

    def push(self, trackers: TrackerChunk) -> SolvedBody:
        """Samples at any rate -> the poses that became ready. Raises InputError when time runs backwards."""
        frames = self._resampler.push(trackers)
        if not frames.count:
            return solved_body(np.zeros((0, NUM_BODY_JOINTS, 4)), np.zeros((0, 3)), frames)
        scale = self._scale.push(frames)[:, None, None]
        seen = self._features.push(
            (frames.positions * scale)[None], frames.rotations[None].astype(float), frames.valid[None]
        )
        rotations = self._guess(seen)
        translation = put_head(rotations, seen.head[0], seen.head_turn[0])
        trust = self._trusted(frames.valid[:, 1:])
        put_hands(rotations, translation, seen, trust)
        return solved_body(rotations, translation, frames)

    def _guess(self, seen: TrackerFrames) -> Array:
        """The network's rotations [T, 22, 4], the pelvis in the world."""
        with torch.inference_mode():
            six, self._state = self._net(torch.from_numpy(seen.features), self._state)
        rotations = six_to_quaternion(six[0].reshape(-1, NUM_BODY_JOINTS, 6).numpy().astype(np.float64))
        rotations[:, 0] = multiply(yaw_quaternion(seen.yaw[0]), rotations[:, 0])
        return rotations

    def _trusted(self, valid: NDArray[np.bool_]) -> Array:
        """How far each hand follows its tracker [T, 2]: at once at first, then faded out and in over nine frames."""
        trust = np.zeros(valid.shape)
        for i, row in enumerate(valid):
            before = row.astype(np.float64) if self._trust is None else self._trust
            self._trust = np.clip(before + np.where(row, 1, -1) / _FADE_FRAMES, 0, 1)
            trust[i] = self._trust
        return trust

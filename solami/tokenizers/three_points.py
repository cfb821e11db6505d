"""Headset and two controllers -> a whole body, while they arrive. Every joint says whether it was measured.

A small recurrent network guesses the body, then head and hands are put where they were measured: the head by moving
the body, the hands by two-bone inverse kinematics of the arms. Legs are always a guess; fingers and face are absent.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, Self

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import ValidationError
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from solami import skeleton
from solami.body.geometry import Array, conjugate, multiply, rotate, six_to_quaternion, slerp, yaw_quaternion
from solami.body.kinematics import forward_kinematics
from solami.body.procedural import idle
from solami.body.tracker_scale import UserScale
from solami.body.tracker_timing import TrackerResampler
from solami.body.trackers import NUM_FINGERS, TrackerChunk
from solami.body.two_bone import Limb, reach
from solami.errors import ConfigError
from solami.frames import NUM_JOINTS, FloatArray, MotionChunk
from solami.strict import Strict
from solami.tokenizers.modules.three_points_net import ThreePointsNet, ThreePointsNetConfig
from solami.tokenizers.tracker_features import TrackerFeatures, TrackerFrames

WEIGHTS, CONFIG = "three_points.safetensors", "three_points.json"
MEASURED, INFERRED, MISSING = 0, 1, 2
FPS = 30.0
_FADE_FRAMES = 9  # over which a hand that is lost, or found again, leaves or joins its tracker
_BODY = skeleton.NUM_BODY_JOINTS
_HEAD, _NECK = skeleton.INDEX["head"], skeleton.INDEX["neck"]
_ARMS = tuple(
    tuple(skeleton.INDEX[f"{side}_{joint}"] for joint in ("collar", "shoulder", "elbow", "wrist"))
    for side in ("left", "right")
)

_BEHIND = np.array([0.0, 0.0, -1.0])  # where a straight arm's elbow goes when it bends


class ThreePointsConfig(Strict):
    """The network of a checkpoint."""

    kind: Literal["three_points"] = "three_points"
    net: ThreePointsNetConfig = ThreePointsNetConfig()


@dataclass(frozen=True, slots=True, eq=False)
class SolvedBody:
    """Poses at 30 fps in the skeleton's metres, and where each joint comes from."""

    motion: MotionChunk
    flags: NDArray[np.uint8]  # [T, 55]: 0 measured, 1 inferred, 2 missing


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
            return SolvedBody(_motion(np.zeros((0, _BODY, 4)), np.zeros((0, 3))), np.zeros((0, NUM_JOINTS), np.uint8))
        scale = self._scale.push(frames)[:, None, None]
        seen = self._features.push(
            (frames.positions * scale)[None], frames.rotations[None].astype(float), frames.valid[None]
        )
        rotations = self._guess(seen)
        translation = put_head(rotations, seen.head[0], seen.head_turn[0])
        trust = self._trusted(frames.valid[:, 1:])
        put_hands(rotations, translation, seen, trust)
        return SolvedBody(_motion(rotations, translation, frames.fingers), _flags(frames.valid, frames.fingers))

    def _guess(self, seen: TrackerFrames) -> Array:
        """The network's rotations [T, 22, 4], the pelvis in the world."""
        with torch.inference_mode():
            six, self._state = self._net(torch.from_numpy(seen.features), self._state)
        rotations = six_to_quaternion(six[0].reshape(-1, _BODY, 6).numpy().astype(np.float64))
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


def put_head(rotations: Array, head: Array, head_turn: Array) -> Array:
    """Turn the head joint of `rotations` [T, 22, 4] as measured; the translation [T, 3] that puts it in its place."""
    world, positions = forward_kinematics(rotations, num_joints=_BODY)
    rotations[:, _HEAD] = multiply(conjugate(world[:, _NECK]), head_turn)
    return head - positions[:, _HEAD]


def put_hands(rotations: Array, translation: Array, seen: TrackerFrames, trust: Array) -> None:
    """Bring both wrists to their trackers in `rotations` [T, 22, 4], as far as each is trusted [T, 2]."""
    for side, (collar, shoulder, elbow, wrist) in enumerate(_ARMS):
        world, positions = forward_kinematics(rotations, translation, _BODY)
        part = trust[:, side, None]
        target = positions[:, wrist] + part * (seen.hands[0, :, side] - positions[:, wrist])
        places = [positions[:, joint] for joint in (shoulder, elbow, wrist)]
        limb = Limb(places[0], places[1], places[2], world[:, shoulder], world[:, elbow])
        upper, lower = reach(limb, target, rotate(world[:, shoulder], np.broadcast_to(_BEHIND, target.shape)))
        hand = slerp(multiply(lower, rotations[:, wrist]), seen.hand_turns[0, :, side], trust[:, side])
        rotations[:, shoulder] = multiply(conjugate(world[:, collar]), upper)
        rotations[:, elbow] = multiply(conjugate(upper), lower)
        rotations[:, wrist] = multiply(conjugate(lower), hand)


def _flags(valid: NDArray[np.bool_], fingers: FloatArray | None) -> NDArray[np.uint8]:
    flags = np.full((len(valid), NUM_JOINTS), MISSING, np.uint8)
    flags[:, :_BODY] = INFERRED
    for tracker, joint in enumerate((_HEAD, *(arm[-1] for arm in _ARMS))):
        flags[valid[:, tracker], joint] = MEASURED
    if fingers is not None:
        flags[:, -NUM_FINGERS:][fingers.any(-1)] = MEASURED
    return flags


def _motion(body: Array, translation: Array, fingers: FloatArray | None = None) -> MotionChunk:
    """Body rotations [T, 22, 4] with the fingers [T, 30, 4] that were seen; others are relaxed and still."""
    rotations = np.repeat(_relaxed(), len(body), axis=0)
    rotations[:, :_BODY] = body
    if fingers is not None:
        rotations[:, -NUM_FINGERS:] = np.where(fingers.any(-1, keepdims=True), fingers, rotations[:, -NUM_FINGERS:])
    return MotionChunk(rotations, translation.astype(np.float32), FPS)


@lru_cache(maxsize=1)
def _relaxed() -> FloatArray:
    """One pose [1, 55, 4] with relaxed fingers."""
    return idle(1 / FPS, FPS).rotations

"""Code sequences of idle and listening people, with nods where one would pause: what the idle network learns.

Captured nods are laid over captured listening, so that a nod may come in any posture.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from solami import skeleton
from solami.body.geometry import (
    Array,
    axis_angle_to_quaternion,
    conjugate,
    multiply,
    quaternion_to_axis_angle,
)
from solami.body.pack import Clip, read_index
from solami.body.procedural import with_relaxed_fingers
from solami.body.variation import at_speed, mirrored
from solami.frames import IntArray, MotionChunk
from solami.tokenizers.base import MotionTokenizer
from solami.tokenizers.modules.idle_net import CONDITIONS
from solami.tokenizers.motion import VQMotionTokenizer
from solami.tokenizers.motion_features import FeatureExtractor

IDLE, LISTENING, NOD = range(len(CONDITIONS))
ONLY_IDLE = ("fidget", "think", "scratch", "lean")  # nobody listens like this
REACTIONS = ("weight_shift",)  # come at a pause, as nods do
_NODDING = [skeleton.INDEX[name] for name in ("spine3", "neck", "head")]
_FRAMES_PER_CODE = 4


@dataclass(frozen=True)
class Sequence:
    """Codes of one stretch of motion."""

    codes: IntArray  # [T, K] body books, then hands books
    condition: IntArray  # [T]


def idle_sequences(
    tokenizer: MotionTokenizer, pack: Path, actions: tuple[str, ...], skipped: tuple[str, ...], copies: int, seed: int
) -> list[Sequence]:
    """Sequences of the train split's clips of these actions: mirrored, at other speeds, with and without nods."""
    generator = np.random.default_rng(seed)
    train = [clip for clip in read_index(pack) if clip.split == "train"]
    nods = [nod_turns(clip.read()) for clip in train if clip.action == "nod"]
    made = []
    for clip in train:
        if clip.action not in actions or any(part in clip.id for part in skipped):
            continue
        motion = clip.read()
        motion = motion if clip.has_hands else with_relaxed_fingers(motion)
        for copy in range(2 * copies):
            varied = at_speed(mirrored(motion) if copy % 2 else motion, generator.uniform(0.85, 1.15))
            made.append(_sequence(tokenizer, clip, varied, nods, generator))
    return made


def _sequence(
    tokenizer: MotionTokenizer, clip: Clip, motion: MotionChunk, nods: list[Array], generator: np.random.Generator
) -> Sequence:
    condition = np.zeros(len(motion.rotations), np.int32)
    if clip.action in REACTIONS:
        condition[:] = NOD if generator.random() < 0.7 else IDLE
    elif clip.action not in ONLY_IDLE and generator.random() < 0.6:
        condition[:] = LISTENING
        motion, nodding = with_nods(motion, nods, generator)
        condition[nodding] = NOD
    values = nearest_codes(tokenizer, motion)
    return Sequence(values, condition[::_FRAMES_PER_CODE][: len(values)])


def nearest_codes(tokenizer: MotionTokenizer, motion: MotionChunk) -> IntArray:
    """Codes [T, K] of a motion: the nearest entries, without the search that a stream's encoder does.

    On idle clips 97 % of them are the encoder's own, 200 times faster.
    """
    if not isinstance(tokenizer, VQMotionTokenizer):
        codes = tokenizer.encode(motion)
        return np.concatenate([codes.body.values, codes.hands.values]).T
    count = len(motion.rotations) // _FRAMES_PER_CODE * _FRAMES_PER_CODE
    found = []
    with torch.inference_mode():
        for name, frames in zip(("body", "hands"), FeatureExtractor().push(motion), strict=True):
            net = tokenizer.nets[name]
            found.append(net.quantize(net.latents(torch.from_numpy(frames[:count].T.copy())[None]))[1][0])
    return torch.cat(found).T.numpy().astype(np.int32)


def nod_turns(motion: MotionChunk) -> Array:
    """What a nod does to chest, neck and head, as axis-angle [T, 3, 3] from its first pose."""
    turns = motion.rotations[:, _NODDING].astype(np.float64)
    return quaternion_to_axis_angle(multiply(turns, conjugate(np.broadcast_to(turns[:1], turns.shape))))


def with_nods(
    motion: MotionChunk, nods: list[Array], generator: np.random.Generator, every_s: float = 4.5
) -> tuple[MotionChunk, np.ndarray[tuple[int, ...], np.dtype[np.bool_]]]:
    """The motion with nods of 9 to 16 degrees at random times, and where they are [T]."""
    rotations = motion.rotations.astype(np.float64)
    nodding = np.zeros(len(rotations), np.bool_)
    at = int(generator.uniform(0.2, every_s) * motion.fps)
    while nods:
        nod = _sized(nods[generator.integers(len(nods))], generator)
        if at + len(nod) > len(rotations):
            break
        part = slice(at, at + len(nod))
        rotations[part, _NODDING] = multiply(axis_angle_to_quaternion(nod), rotations[part][:, _NODDING])
        nodding[part] = True
        at += len(nod) + int(generator.uniform(0.5, 2 * every_s) * motion.fps)
    return MotionChunk(rotations.astype(np.float32), motion.translation, motion.fps), nodding


def _sized(nod: Array, generator: np.random.Generator) -> Array:
    """Another size and speed of a nod; small ones would drown in the codes."""
    degrees = np.degrees(np.linalg.norm(nod.sum(axis=1), axis=-1).max())
    count = max(6, round(len(nod) / generator.uniform(0.85, 1.25)))
    places = np.linspace(0, len(nod) - 1, count)
    flat = nod.reshape(len(nod), -1)
    resized = np.stack([np.interp(places, np.arange(len(nod)), column) for column in flat.T], axis=-1)
    return (resized * generator.uniform(9, 16) / max(degrees, 1e-3)).reshape(count, *nod.shape[1:])

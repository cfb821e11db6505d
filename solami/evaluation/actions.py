"""Which action a body shows: linear discriminants on pooled kinematic features, learned from captioned clips.

Simple on purpose: it judges replies and shows that procedural actions are told apart. It reads no captions. Shrinkage:
https://doi.org/10.1016/S0047-259X(03)00096-4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from solami import skeleton
from solami.body.geometry import Array, heading, multiply, rotate, yaw_quaternion
from solami.body.kinematics import forward_kinematics
from solami.body.variation import mirrored
from solami.datasets.procedural_clips import PACK_TAGS
from solami.frames import MotionChunk

LONGEST_S, STEP = 8.0, 2  # only so much of a clip is looked at, every second pose
FARTHEST = 4.0  # standard deviations: features beyond are cut off
SHRINKAGE = 0.08  # of the covariance towards a ball; of 0.05 to 0.8, five folds over the pack are best at 0.05 to 0.2
PRIOR_CLIPS = 2  # clips of the common mean that each action's mean begins with
_I = skeleton.INDEX


class ActionClip(Protocol):
    """What the classifier must know of a clip; `datasets.motion.MotionClip` and its kin are such."""

    @property
    def action(self) -> str: ...

    def read(self) -> MotionChunk:
        """The poses."""


@dataclass(frozen=True, eq=False)
class ActionClassifier:
    """Linear scores of standardised features."""

    actions_known: tuple[str, ...]
    mean: Array  # [F]
    scale: Array  # [F]
    weight: Array  # [F, A]
    bias: Array  # [A]

    def actions(self, motion: MotionChunk) -> dict[str, float]:
        """Probability of every known action; the mirror image counts as much as the motion itself."""
        return self.from_features(motion_features(motion), motion_features(mirrored(motion)))

    def best(self, motion: MotionChunk) -> str:
        """The likeliest action."""
        found = self.actions(motion)
        return max(found, key=lambda action: found[action])

    def from_features(self, *features: Array) -> dict[str, float]:
        """The same from rows of `motion_features`, averaged."""
        shown = np.clip((np.stack(features) - self.mean) / self.scale, -FARTHEST, FARTHEST)
        scores = shown @ self.weight + self.bias
        chances = np.exp(scores - scores.max(axis=1, keepdims=True))
        mean = (chances / chances.sum(axis=1, keepdims=True)).mean(axis=0)
        return {action: float(p) for action, p in zip(self.actions_known, mean, strict=True)}


def train_action_classifier(clips: Iterable[ActionClip]) -> ActionClassifier:
    """A classifier of the actions of these clips, each learned from its mirror image too."""
    rows, actions = [], []
    for clip in clips:
        motion = clip.read()
        rows += [motion_features(motion), motion_features(mirrored(motion))]
        actions += [clip.action] * 2
    return train_on_features(np.stack(rows), actions)


def train_on_features(rows: Array, actions: Sequence[str]) -> ActionClassifier:
    """The same from features [N, F] and the action of each."""
    known = tuple(sorted(set(actions)))
    labels = np.array([known.index(action) for action in actions])
    mean, scale = rows.mean(axis=0), np.maximum(rows.std(axis=0), 1e-3)
    shown = np.clip((rows - mean) / scale, -FARTHEST, FARTHEST)
    counts = np.bincount(labels)
    centres = np.zeros((len(known), rows.shape[1]))
    np.add.at(centres, labels, shown)
    centres /= (counts + PRIOR_CLIPS)[:, None]
    within = shown - centres[labels]
    covariance = within.T @ within / len(rows)
    ball = np.trace(covariance) / len(covariance) * np.eye(len(covariance))
    weight = np.linalg.solve((1 - SHRINKAGE) * covariance + SHRINKAGE * ball, centres.T)
    bias = -0.5 * np.sum(centres.T * weight, axis=0) + 0.5 * np.log(counts / counts.sum())
    return ActionClassifier(known, mean, scale, weight, bias)


def motion_features(motion: MotionChunk) -> Array:
    """Pooled features [F] of a motion: where hands, head and feet are and how they move, blind to place and heading."""
    count = min(len(motion.rotations), round(LONGEST_S * motion.fps))
    rotations = motion.rotations[:count:STEP].astype(np.float64)
    translation = motion.translation[:count:STEP].astype(np.float64)
    return _pooled(_tracks(rotations, translation), heading(rotations[:, 0]), translation, count, motion.fps)


def window_features(motion: MotionChunk, length: int, stride: int) -> Array:
    """The same [N, F] of every whole window of `length` poses, each `stride` poses on."""
    rotations, translation = motion.rotations.astype(np.float64), motion.translation.astype(np.float64)
    starts = range(0, len(rotations) - length + 1, stride)
    if not len(starts):
        return np.zeros((0, 0))
    tracks, yaw = _tracks(rotations, translation), heading(rotations[:, 0])
    windows = [slice(start, start + length, STEP) for start in starts]
    return np.stack([_pooled(tracks[w], yaw[w], translation[w], length, motion.fps) for w in windows])


def _pooled(tracks: Array, yaw: Array, translation: Array, count: int, fps: float) -> Array:
    """Of every STEP-th of `count` poses."""
    speeds = np.abs(np.diff(tracks, axis=0, prepend=tracks[:1])) * fps / STEP
    low, middle, high = np.percentile(tracks, [10, 50, 90], axis=0)
    yaw = np.unwrap(yaw)
    gone = rotate(yaw_quaternion(-yaw[0]), translation[-1] - translation[0])
    whole = [gone[2], abs(gone[0]), float(np.ptp(yaw)), abs(yaw[-1] - yaw[0]), np.log1p(count / fps)]
    pools = [low, middle, high, tracks.std(axis=0), np.log1p(speeds.mean(axis=0)), np.log1p(_swings(tracks))]
    return np.concatenate([*pools, whole])


def _swings(tracks: Array) -> Array:
    """How often each track turns round by more than a fifth of its spread, a measure of rhythm."""
    steps = np.round((tracks - tracks.mean(axis=0)) / np.maximum(tracks.std(axis=0), 0.02))
    return np.count_nonzero(np.diff(np.sign(steps), axis=0), axis=0).astype(np.float64)


def _tracks(rotations: Array, translation: Array) -> Array:
    """[T, D] in the body's heading frame, metres and cosines."""
    world, places = forward_kinematics(rotations, translation)
    level = yaw_quaternion(-heading(rotations[:, 0]))
    chest = places[:, _I["spine3"]]

    def turned(v: Array) -> Array:
        return rotate(level, v)

    def axis(joint: str, direction: tuple[float, float, float]) -> Array:
        return turned(rotate(world[:, _I[joint]], np.broadcast_to(np.array(direction), (len(level), 3))))

    parts = [translation[:, 1:2], axis("head", (0, 0, 1)), axis("spine3", (0, 1, 0)), axis("spine3", (0, 0, 1))]
    face = places[:, _I["head"]] + rotate(world[:, _I["head"]], np.broadcast_to((0.0, 0.06, 0.1), (len(level), 3)))
    for side, way in (("left", 1.0), ("right", -1.0)):
        wrist, tip = places[:, _I[f"{side}_wrist"]], places[:, _I[f"{side}_middle1"]]
        parts += [turned(wrist - chest), turned(places[:, _I[f"{side}_elbow"]] - chest)]
        parts += [axis(f"{side}_wrist", (way, 0, 0)), axis(f"{side}_wrist", (0, -1, 0))]
        parts += [turned(places[:, _I[f"{side}_ankle"]] - translation), places[:, _I[f"{side}_foot"], 1:2]]
        parts += [np.linalg.norm(tip - face, axis=1, keepdims=True), _curls(rotations, side)]
    apart = places[:, _I["left_middle1"]] - places[:, _I["right_middle1"]]
    return np.concatenate([*parts, np.linalg.norm(apart, axis=1, keepdims=True)], axis=1)


def _curls(rotations: Array, side: str) -> Array:
    """How far index, middle and thumb are bent, radians [T, 3]."""
    fingers = []
    for finger in ("index", "middle", "thumb"):
        turns = [rotations[:, _I[f"{side}_{finger}{i}"]] for i in (1, 2)]
        fingers.append(2 * np.arccos(np.clip(np.abs(multiply(turns[0], turns[1])[:, 3]), 0, 1)))
    return np.stack(fingers, axis=1)


def accuracy(judge: Callable[[MotionChunk], str], clips: Sequence[ActionClip]) -> tuple[float, float]:
    """Share of clips judged right, and the share that the commonest action alone would give."""
    names = [PACK_TAGS.get(clip.action, clip.action) for clip in clips]
    right = [judge(clip.read()) == name for clip, name in zip(clips, names, strict=True)]
    return float(np.mean(right)), max(names.count(name) for name in set(names)) / len(names)

"""Windows of feature frames drawn from a motion pack's train split, with mirror images and other speeds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from solami.body.gestures.catalogue import CAPTIONS, perform
from solami.body.pack import read_index
from solami.body.procedural import idle, with_relaxed_fingers
from solami.body.variation import at_speed, mirrored
from solami.frames import FloatArray, MotionChunk
from solami.tokenizers.motion_features import FeatureExtractor

if TYPE_CHECKING:
    from solami.training.motion_tokenizer import MotionTrainConfig

PROCEDURAL_SHARE = 0.13  # of the drawn weight
FINGERLESS_SHARE = 0.5  # how often hands windows come from clips without captured fingers, for their heads
PROCEDURAL_TAKES, IDLES = 3, 8  # of each canonical caption; of the idle alone


@dataclass(frozen=True)
class MotionWindows:
    """Clips of one part as feature frames, each with how often it is drawn."""

    clips: tuple[FloatArray, ...]  # [T, D] each, T >= window
    weights: FloatArray  # [number of clips], sums to 1
    window: int

    @property
    def frames_total(self) -> int:
        return sum(len(clip) for clip in self.clips)

    def draw(self, count: int, generator: np.random.Generator) -> FloatArray:
        """`count` windows [count, D, window]."""
        chosen = generator.choice(len(self.clips), size=count, p=self.weights)
        starts = [generator.integers(0, len(self.clips[i]) - self.window + 1) for i in chosen]
        frames = np.stack([self.clips[i][s : s + self.window] for i, s in zip(chosen, starts, strict=True)])
        return np.ascontiguousarray(frames.transpose(0, 2, 1))

    def statistics(self, least_scale: float = 0.06) -> tuple[FloatArray, FloatArray]:
        """Mean and standard deviation [D]; hardly moving joints are not blown up, velocities keep their own."""
        frames = np.concatenate(self.clips)
        scale = frames.std(0)
        is_rotation = np.abs(frames).max(0) > 0.5
        return frames.mean(0), np.where(is_rotation, np.maximum(scale, least_scale), np.maximum(scale, 1e-3))


def load_training_windows(config: MotionTrainConfig, generator: np.random.Generator) -> dict[str, MotionWindows]:
    """Windows of every train clip; without captured fingers half are relaxed, and those of hands come less often."""
    body: list[tuple[FloatArray, float]] = []
    hands: list[tuple[FloatArray, float]] = []
    for motion, has_hands, weight in _motions(config, generator):
        shown = motion if has_hands or len(body) % 4 < 2 else with_relaxed_fingers(motion, len(body))
        frames, fingers = FeatureExtractor().push(_long_enough(shown, config.window_frames))
        body.append((frames, weight))
        hands.append((fingers, weight if has_hands else weight * FINGERLESS_SHARE))
    return {"body": _windows(body, config.window_frames), "hands": _windows(hands, config.window_frames)}


def _motions(config: MotionTrainConfig, generator: np.random.Generator) -> list[tuple[MotionChunk, bool, float]]:
    made: list[tuple[MotionChunk, bool, float]] = []
    for clip in read_index(config.data):
        if clip.split != "train":
            continue
        motion = clip.read()
        weight = config.rare_boost if clip.action in config.rare_actions else 1.0
        speeds = [1.0, *generator.uniform(0.8, 1.25, config.speed_copies)]
        for varied in (at_speed(motion, s) for s in speeds):
            made += [(varied, clip.has_hands, weight), (mirrored(varied), clip.has_hands, weight)]
    relaxed = [(with_relaxed_fingers(made[i][0], i), True, 1.0) for i in range(min(30, len(made)))]
    return made + relaxed + _procedural(sum(len(m.rotations) * weight for m, _, weight in made))


def _procedural(captured: float) -> list[tuple[MotionChunk, bool, float]]:
    """Takes of every canonical caption and their mirror images, drawn for PROCEDURAL_SHARE of all windows."""
    takes = [perform(caption, seed).motion for caption in CAPTIONS for seed in range(PROCEDURAL_TAKES)]
    takes += [idle(8.0, seed=seed) for seed in range(IDLES)]
    frames = 2 * sum(len(take.rotations) for take in takes)
    weight = PROCEDURAL_SHARE / (1 - PROCEDURAL_SHARE) * captured / frames
    return [(motion, True, weight) for take in takes for motion in (take, mirrored(take))]


def _long_enough(motion: MotionChunk, frames: int) -> MotionChunk:
    """Hold the last pose where a clip is shorter than a window."""
    missing = max(0, frames - len(motion.rotations))
    rotations = np.concatenate([motion.rotations, np.repeat(motion.rotations[-1:], missing, axis=0)])
    translation = np.concatenate([motion.translation, np.repeat(motion.translation[-1:], missing, axis=0)])
    return MotionChunk(rotations, translation, motion.fps)


def _windows(clips: list[tuple[FloatArray, float]], window: int) -> MotionWindows:
    weights = np.array([len(frames) * weight for frames, weight in clips], np.float64)
    return MotionWindows(tuple(frames for frames, _ in clips), (weights / max(weights.sum(), 1e-9)), window)

"""What a body solved from three simulated trackers loses, legs apart, beside the nearest training frame.

The user is of another height than the skeleton and nobody calibrated; the devices sit askew, tremble and drop out.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from solami import skeleton
from solami.body.geometry import Array, conjugate, multiply, quaternion_to_six, yaw_quaternion
from solami.body.measures import body_positions
from solami.body.pack import Clip
from solami.body.timing import cut
from solami.body.trackers import tracker_chunk
from solami.evaluation.measures import Measure, measure, pooled_mean
from solami.frames import MotionChunk
from solami.tokenizers.three_points import ThreePointModel
from solami.tokenizers.tracker_features import TrackerFeatures
from solami.training.three_points_data import Faults, joint_poses, simulate

HEIGHTS = (0.85, 1.15)  # of users, relative to the skeleton; drawn evenly
LEGS = [skeleton.INDEX[f"{s}_{j}"] for s in ("left", "right") for j in ("hip", "knee", "ankle", "foot")]
UPPER = [i for i in range(1, skeleton.NUM_BODY_JOINTS) if i not in LEGS]
_EVERY = 3  # of the training frames, in the baseline: neighbours look alike
_BLOCK = 512


class NearestFrames(nn.Module):
    """Stands in for the network: the pose of the training frame with the nearest features."""

    def __init__(self, features: Tensor, rotations: Tensor) -> None:
        """Take features [N, D] and the rotations 6D [N, joints * 6] that belong to them."""
        super().__init__()
        self._scale = features.std(0).clamp_min(5e-3)
        self._features, self._rotations = features / self._scale, rotations

    def forward(self, features: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor | None]:
        """Features [1, T, D] -> rotations [1, T, joints * 6]."""
        blocks = torch.split(features[0] / self._scale, _BLOCK)
        nearest = torch.cat([torch.cdist(block, self._features).argmin(dim=1) for block in blocks])
        return self._rotations[nearest][None], state


def nearest_model(model: ThreePointModel, train: Sequence[Clip]) -> ThreePointModel:
    """The baseline: the same solver around the nearest of the frames of these clips."""
    features, rotations = [], []
    for clip in train:
        motion = clip.read()
        places, turns = joint_poses(motion)
        seen = TrackerFeatures().push(places[None], turns[None], np.ones((1, len(places), 3), np.bool_))
        local = motion.rotations[:, : skeleton.NUM_BODY_JOINTS].astype(np.float64)
        local[:, 0] = multiply(conjugate(yaw_quaternion(seen.yaw[0])), local[:, 0])
        features.append(seen.features[0, ::_EVERY])
        rotations.append(quaternion_to_six(local[::_EVERY]).reshape(-1, 6 * skeleton.NUM_BODY_JOINTS))
    frames = NearestFrames(
        torch.from_numpy(np.concatenate(features)), torch.from_numpy(np.concatenate(rotations).astype(np.float32))
    )
    return ThreePointModel(model.config, frames)  # type: ignore[arg-type]  # a network by its call


def tracked(model: ThreePointModel, motion: MotionChunk) -> MotionChunk:
    """A body as it is solved from its own head and wrists, tracked without faults."""
    positions, rotations = joint_poses(motion)
    count = len(positions)
    trackers = tracker_chunk(positions, rotations, np.arange(count) / motion.fps, np.ones((count, 3), np.bool_))
    solved = model.solve(trackers).motion
    assert solved is not None
    return solved


def three_points_measures(
    model: ThreePointModel, baseline: ThreePointModel, clips: Sequence[Clip], split: str, seed: int = 0
) -> list[Measure]:
    """Errors of the upper body and of the legs, pelvis subtracted, and jerk over the source's."""
    parts: dict[str, list[tuple[tuple[float, int], ...]]] = {}
    generator = np.random.default_rng(seed)
    for clip in clips:
        motion = clip.read()
        trackers = simulate(motion, generator.uniform(*HEIGHTS), Faults(), generator)
        solved = [_errors(motion, m.solve(trackers).motion) for m in (model, baseline)]
        for name in solved[0]:
            parts.setdefault(name, []).append((solved[0][name], solved[1][name]))
    rows = []
    for name, pairs in parts.items():
        ours, theirs = ([pair[i] for pair in pairs] for i in (0, 1))
        rows.append(measure(name, ours, pooled_mean, split=split, source="all", baseline=pooled_mean(theirs)))
    return rows


def _errors(motion: MotionChunk, solved: MotionChunk) -> dict[str, tuple[float, int]]:
    """(Mean, frames) of each measure."""
    count = len(solved.rotations)
    truth, got = (body_positions(m) for m in (cut(motion, 0, count), solved))
    off = 1000 * np.linalg.norm((truth - truth[:, :1]) - (got - got[:, :1]), axis=-1)
    errors = {"three_points_upper_mm": off[:, UPPER], "three_points_legs_mm": off[:, LEGS]}
    named = {name: (float(values.mean()), count) for name, values in errors.items()}
    if count > 3:
        named["three_points_jerk_m_s3"] = float(_jerk(got).mean()), count
        named["source_jerk_m_s3"] = float(_jerk(truth).mean()), count
    return named


def _jerk(positions: Array) -> Array:
    return np.linalg.norm(np.diff(positions, n=3, axis=0), axis=-1) * 30.0**3

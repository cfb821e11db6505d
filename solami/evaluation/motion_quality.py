"""Is generated motion like real motion, and as varied: FID, KID and diversity of pooled windows in one fixed space.

The space is fixed by the real train clips: kinematic features of 2 s windows every 0.5 s, standardised, their first 32
principal axes. Both distances compare pooled statistics. KID: https://arxiv.org/abs/1801.01401.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from solami.body.geometry import Array
from solami.evaluation.actions import window_features
from solami.evaluation.measures import Measure, measure
from solami.frames import MotionChunk

WINDOW_S, STRIDE_S, AXES = 2.0, 0.5, 32
SPLIT = "val+test"
PAIRS = 400  # drawn for the diversity
FARTHEST = 5.0  # standard deviations: features beyond are cut off


@dataclass(frozen=True, slots=True, eq=False)
class MotionSpace:
    """Features [F] -> coordinates [D <= 32]."""

    mean: Array
    scale: Array
    axes: Array  # [F, D]

    @classmethod
    def learned(cls, features: Array) -> MotionSpace:
        """The space of features [N, F]; its axes have unit spread there, so that none outweighs the rest."""
        mean, scale = features.mean(axis=0), np.maximum(features.std(axis=0), 1e-3)
        shown = np.clip((features - mean) / scale, -FARTHEST, FARTHEST)
        _, spreads, axes = np.linalg.svd(shown - shown.mean(axis=0), full_matrices=False)
        count = min(AXES, int((spreads > 1e-6 * spreads[0]).sum()))
        return cls(mean, scale, axes[:count].T / (spreads[:count] / np.sqrt(len(features))))

    def __call__(self, features: Array) -> Array:
        """Coordinates [N, D]."""
        return np.clip((features - self.mean) / self.scale, -FARTHEST, FARTHEST) @ self.axes


def windows_of(motions: Sequence[MotionChunk]) -> list[Array]:
    """Features [N, F] of the windows of every motion that is long enough for one."""
    found = [window_features(m, round(WINDOW_S * m.fps), round(STRIDE_S * m.fps)) for m in motions]
    return [rows for rows in found if len(rows)]


def quality_measures(
    made: Sequence[Array], real: Sequence[Array], train: Sequence[Array], held: Sequence[Array]
) -> list[Measure]:
    """FID, KID and diversity of generated windows against real held-out ones.

    Args:
        made: windows [N, F] of each generated motion.
        real: of each held-out clip.
        train: of train clips: the space, and the floor that real motion itself reaches.
        held: of retrieved motion: what choosing clips gives.
    """
    space = MotionSpace.learned(np.concatenate(train))
    target = np.concatenate([space(rows) for rows in real])
    floor = [space(part) for part in train]
    rows = []
    for name, distance in (("fid", fid), ("kid", kid)):
        to_target: Callable[[Sequence[Array]], float] = _against(distance, target)
        baseline = to_target(floor)
        for parts, source in ((made, "replies"), (held, "retrieval")):
            placed = [space(part) for part in parts]
            if sum(map(len, placed)) > 1:
                rows.append(measure(name, placed, to_target, split=SPLIT, source=source, baseline=baseline))
    spread = diversity([target])
    rows += [
        measure("diversity", [space(part) for part in parts], diversity, split=SPLIT, source=source, baseline=spread)
        for parts, source in ((made, "replies"), (held, "retrieval"))
        if parts
    ]
    return rows


def _against(distance: Callable[[Array, Array], float], target: Array) -> Callable[[Sequence[Array]], float]:
    return lambda parts: distance(np.concatenate(list(parts)), target)


def fid(one: Array, other: Array) -> float:
    """Frechet distance of two clouds [N, D], as Gaussians."""
    gap = one.mean(axis=0) - other.mean(axis=0)
    a, b = np.cov(one, rowvar=False), np.cov(other, rowvar=False)
    values, vectors = np.linalg.eigh(a)
    root = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    mixed = np.linalg.eigvalsh(root @ b @ root)
    return float(gap @ gap + np.trace(a) + np.trace(b) - 2 * np.sqrt(np.maximum(mixed, 0)).sum())


def kid(one: Array, other: Array) -> float:
    """Squared maximum mean discrepancy under a cubic kernel, unbiased: around 0, even below, for equal clouds."""
    return _within(one) + _within(other) - 2 * float(_kernel(one, other).mean())


def _kernel(one: Array, other: Array) -> Array:
    values: Array = one @ other.T / one.shape[1] + 1
    return values * values * values


def _within(cloud: Array) -> float:
    values = _kernel(cloud, cloud)
    return float((values.sum() - np.trace(values)) / (len(cloud) * (len(cloud) - 1)))


def diversity(parts: Sequence[Array]) -> float:
    """Mean distance of two windows drawn from all."""
    rows = np.concatenate(list(parts))
    first, second = np.random.default_rng(0).integers(0, len(rows), (2, PAIRS))
    return float(np.linalg.norm(rows[first] - rows[second], axis=1).mean())

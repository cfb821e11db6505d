"""The mannequin's left shoe: a closed upper with a flat sole, cut along the sole's line."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from solami import skeleton
from solami.body.fields import Field, limb, smooth_curve, smooth_min
from solami.body.geometry import Array, normalise
from solami.body.mesh import Faces
from solami.body.polygonise import axis, polygonise
from solami.body.rest import rest_positions
from solami.body.surfaces import cut

FLOOR_M = -skeleton.PELVIS_HEIGHT_M  # from the pelvis
_PROFILE = np.array(  # along the foot from the ankle, half width, height of the upper
    [
        (-0.060, 0.020, 0.048),
        (-0.040, 0.033, 0.074),
        (0.000, 0.037, 0.086),
        (0.040, 0.038, 0.080),
        (0.080, 0.042, 0.064),
        (0.115, 0.0455, 0.053),
        (0.150, 0.0435, 0.045),
        (0.180, 0.033, 0.038),
        (0.197, 0.018, 0.030),
    ]
)
_SOLE_M, _TOP_M = 0.019, 0.122
_BALL_M, _BEND_M = 0.118, 0.055  # where the toes bend, and over what length


@lru_cache(maxsize=1)
def foot() -> tuple[Array, Faces, Field]:
    """Vertices [V, 3], faces [F, 3] cut along the sole, and the sole's field (above zero in the sole)."""
    along = axis(0.0, (0.34, 0.0165))
    axes = (
        axis(0.015, (0.215, 0.0150)),
        axis(FLOOR_M - 0.015, (FLOOR_M + 0.030, 0.0090), (FLOOR_M + 0.145, 0.0155)),
        -0.165 + along,
    )
    vertices, faces = polygonise(_field, axes)
    return *cut(vertices, faces, sole(vertices), _field), sole


def sole(points: Array) -> Array:
    """Above zero below the sole's upper line."""
    return FLOOR_M + _SOLE_M + 0.10 * np.maximum(0.02 - _local(points)[:, 0], 0) - points[:, 1]


def foot_weights(vertices: Array, side: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Joints [V, 4] and weights [V, 4]: the ankle, and the toes before the ball of the left or right foot."""
    left = vertices if side == "left" else vertices * np.array([-1, 1, 1])
    t = np.clip((_local(left)[:, 0] - _BALL_M) / _BEND_M + 0.5, 0, 1)
    toes = t * t * (3 - 2 * t)
    joints = np.array([skeleton.INDEX[f"{side}_ankle"], skeleton.INDEX[f"{side}_foot"]])
    order = np.argsort(-np.stack([1 - toes, toes], axis=1), axis=1, kind="stable")
    weights = np.take_along_axis(np.stack([1 - toes, toes], axis=1), order, axis=1)
    joints = np.where(weights > 0, joints[order], joints[order[:, :1]])
    return np.pad(joints, ((0, 0), (0, 2)), mode="edge"), np.pad(weights, ((0, 0), (0, 2))).astype(np.float32)


def _local(points: Array) -> Array:
    """Along the foot from the ankle, across it to its outside, over the floor [N, 3]."""
    ankle, ball = (rest_positions()[skeleton.INDEX[f"left_{n}"]] for n in ("ankle", "foot"))
    along = normalise((ball - ankle) * np.array([1, 0, 1]))
    away = points - ankle
    return np.stack([away @ along, away @ np.cross([0, 1, 0], along), points[:, 1] - FLOOR_M], axis=1)


def _field(points: Array) -> Array:
    local = _local(points)
    s = np.clip(local[:, 0], _PROFILE[0, 0], _PROFILE[-1, 0])
    wide, high = (smooth_curve(s, _PROFILE[:, 0], _PROFILE[:, i]) for i in (1, 2))
    across = np.abs(local[:, 1] - 0.006 * np.sin(np.clip(s / 0.2, 0, 1) * np.pi)) / wide
    rise = np.clip(local[:, 2], 0, None) / high
    shape = (across**2.6 + rise**2.3) ** (1 / 2.4) - 1
    side = shape * np.minimum(wide, high)
    end = np.abs(local[:, 0] - s)
    upper = np.where(end > 0, np.hypot(np.maximum(side, 0), end), side)
    ankle = rest_positions()[skeleton.INDEX["left_ankle"]]
    shaft = limb(
        ankle - np.array([0, 0.02, 0]), ankle + np.array([0, 0.035, 0.0]), [(0, 0.041), (1, 0.0405)], 0.03
    ).field(points)
    whole = smooth_min(upper, shaft, 0.035)
    level = np.minimum(local[:, 2] - 0.0005, _TOP_M - local[:, 2])
    return -smooth_min(-whole, level, 0.010)  # a flat sole and a flat collar with small round edges

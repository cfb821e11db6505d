"""Skin weights: every vertex to its nearest bone, then smoothed along the surface. Knows no particular body.

Smoothing runs along mesh edges, so skin never hangs from a bone that is near in space but far along the body (the
other thigh, the next finger).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solami.body.geometry import Array
from solami.body.mesh import Faces


@dataclass(frozen=True, slots=True)
class Bone:
    """A stretch of the body that follows one joint."""

    joint: int
    start: Sequence[float] | Array  # [3]
    end: Sequence[float] | Array  # [3]
    radius_m: float  # of the flesh around it: distances are measured in it


def nearest_bone(vertices: Array, bones: Sequence[Bone]) -> NDArray[np.int64]:
    """Which bone [V] is nearest, distances in radii."""
    columns = []
    for bone in bones:
        a, ab = np.array(bone.start), np.array(bone.end) - np.array(bone.start)
        t = np.clip((vertices - a) @ ab / max(float(ab @ ab), 1e-12), 0, 1)
        columns.append(np.linalg.norm(vertices - a - t[:, None] * ab, axis=1) / bone.radius_m)
    return np.argmin(np.stack(columns, axis=1), axis=1)


def skin(
    vertices: Array, faces: Faces, bones: Sequence[Bone], rounds: int, give: Array | float = 1.0
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Joints [V, 4] and weights [V, 4], largest first, summing to 1.

    Args:
        vertices: [V, 3] metres.
        faces: [F, 3].
        bones: several may share a joint.
        rounds: how often every vertex takes half the mean of its neighbours: the transitions' width is about one edge
            length times the root of it.
        give: 0 (keep) to 1 (smooth fully) for every vertex [V].
    """
    joints = sorted({bone.joint for bone in bones})
    column = np.array([joints.index(bone.joint) for bone in bones])
    shares = np.zeros((len(vertices), len(joints)))
    shares[np.arange(len(vertices)), column[nearest_bone(vertices, bones)]] = 1.0
    start, there = neighbours(faces, len(vertices))
    count = np.diff(np.append(start, len(there)))[:, None]
    half = 0.5 * np.broadcast_to(np.asarray(give, dtype=np.float64), len(vertices))[:, None]
    for _ in range(rounds):
        shares += half * (np.add.reduceat(shares[there], start, axis=0) / count - shares)
    return strongest(shares, np.array(joints))


def strongest(shares: Array, joints: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The four largest shares [V, J] of every vertex, made to sum to 1, and their joints."""
    padded = np.pad(shares, ((0, 0), (0, max(0, 4 - shares.shape[1]))))
    order = np.argsort(-padded, axis=1, kind="stable")[:, :4]
    kept = np.take_along_axis(padded, order, axis=1)
    kept = np.where(kept < 0.004, 0.0, kept)
    kept /= kept.sum(axis=1, keepdims=True)
    names = np.pad(joints, (0, max(0, 4 - len(joints))), mode="edge")[order]
    return np.where(kept > 0, names, names[:, :1]), kept.astype(np.float32)


def neighbours(faces: Faces, count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where each vertex's neighbours start in the second array, and the neighbours; every vertex must have some."""
    ends = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    keys = np.unique(np.concatenate([ends[:, 0] * count + ends[:, 1], ends[:, 1] * count + ends[:, 0]]))
    start = np.searchsorted(keys // count, np.arange(count))
    assert (np.diff(np.append(start, len(keys))) > 0).all(), "a vertex without neighbours"
    return start, keys % count

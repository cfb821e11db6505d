"""Triangles to pixels with a depth buffer, in numpy. Knows no camera, no light and no body."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solami.body.geometry import Array


@dataclass(frozen=True, slots=True, eq=False)
class Hits:
    """The P pixels that show a face."""

    pixels: NDArray[np.int64]  # [P] row * width + column, rising
    faces: NDArray[np.int64]  # [P] which face is seen there
    places: NDArray[np.float32]  # [P, 3] where in the face: shares of its corners
    depths: NDArray[np.float32]  # [P]


def rasterise(corners: Array, width: int, height: int) -> Hits:
    """The nearest face in every pixel.

    Args:
        corners: [F, 3, 3] column, row (pixels, row 0 on top) and depth of each face's corners; faces that run
            clockwise on the screen (seen from behind, if they run counter-clockwise from outside) are left out.
        width: pixels across.
        height: pixels down.
    """
    corners = corners.astype(np.float32)
    a, b, c = np.moveaxis(corners, 1, 0)
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    edge = np.array([width - 1, height - 1])
    low = np.clip(np.ceil(np.minimum(np.minimum(a, b), c)[:, :2] - 0.5), 0, edge + 1).astype(np.int64)
    high = np.clip(np.floor(np.maximum(np.maximum(a, b), c)[:, :2] - 0.5), -1, edge).astype(np.int64)
    size = np.maximum(high - low + 1, 0)
    # rows grow downwards, which turns the sense round: seen from the front, areas are negative
    shown = np.flatnonzero((area < 0) & (size[:, 0] * size[:, 1] > 0))
    counts = size[shown, 0] * size[shown, 1]
    face = np.repeat(shown, counts)
    step = np.arange(len(face)) - np.repeat(np.cumsum(counts) - counts, counts)
    column = low[face, 0] + step % size[face, 0]
    row = low[face, 1] + step // size[face, 0]
    u, v, w = _places(corners, area, face, (column + 0.5).astype(np.float32), (row + 0.5).astype(np.float32))
    inside = np.flatnonzero(np.minimum(np.minimum(u, v), w) >= -1e-5)
    face, u, v, w = face[inside], u[inside], v[inside], w[inside]
    depths = u * a[face, 2] + v * b[face, 2] + w * c[face, 2]
    pixels = row[inside] * width + column[inside]
    return _nearest(pixels, face, np.stack([u, v, w], axis=1), depths, width * height)


def _places(
    corners: Array, area: Array, face: NDArray[np.int64], x: NDArray[np.float32], y: NDArray[np.float32]
) -> tuple[Array, Array, Array]:
    """Barycentric places [N] of points in their faces: three planes a face, worked out once for each."""
    planes = []
    for i, k in ((1, 2), (2, 0)):
        (px, py), (qx, qy) = corners[:, i, :2].T, corners[:, k, :2].T
        scale = 1 / np.where(area == 0, 1, area)
        planes.append(((py - qy) * scale, (qx - px) * scale, (px * qy - qx * py) * scale))
    u, v = (gx[face] * x + gy[face] * y + g[face] for gx, gy, g in planes)
    return u, v, 1 - u - v


def _nearest(
    pixels: NDArray[np.int64], faces: NDArray[np.int64], places: NDArray[np.float32], depths: Array, count: int
) -> Hits:
    """Of all candidates [N] of a pixel the one with the least depth (ties: the first)."""
    assert not len(depths) or depths.min() > 0, "depths must be positive to be compared as bits"
    keys = (depths.astype(np.float32).view(np.uint32).astype(np.uint64) << np.uint64(32)) | np.arange(
        len(depths), dtype=np.uint64
    )
    best = np.full(count, np.iinfo(np.uint64).max, np.uint64)
    np.minimum.at(best, pixels, keys)
    shown = np.flatnonzero(best != np.iinfo(np.uint64).max)
    chosen = (best[shown] & np.uint64(0xFFFFFFFF)).astype(np.int64)
    return Hits(shown, faces[chosen], places[chosen], depths[chosen].astype(np.float32))

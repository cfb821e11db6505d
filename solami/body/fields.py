"""Rounded solids as distance fields, and their smooth unions: what the mannequin is carved from. Knows no skeleton.

A field is below zero inside, above zero outside, and near the surface about the distance to it in metres. Smooth
union: the polynomial one of https://iquilezles.org/articles/smin/.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solami.body.geometry import Array, normalise

Field = Callable[[Array], Array]  # points [N, 3] -> values [N]
_REACH_M = 0.06  # beyond this distance from its box a solid is not felt


@dataclass(frozen=True, slots=True)
class Solid:
    """One field with the box it fills and how softly it joins what stands before it."""

    field: Field
    low: Array  # [3]
    high: Array  # [3]
    soft_m: float  # width of the fillet


def limb(
    start: Sequence[float] | Array,
    end: Sequence[float] | Array,
    profile: Sequence[tuple[float, float]],
    soft_m: float,
    flat: tuple[Sequence[float], float] | None = None,
) -> Solid:
    """A rod with rounded ends from `start` to `end` [3] and a radius that changes along it.

    Args:
        start: where its axis starts.
        end: where it ends.
        profile: pairs of place (0 start, 1 end) and radius in metres; smooth in between.
        soft_m: width of the fillet.
        flat: a direction [3] and by how much the rod is thinner (< 1) or thicker along it.
    """
    a, ab = np.array(start), np.array(end) - np.array(start)
    places, radii = (np.array([row[i] for row in profile]) for i in (0, 1))
    axis = None if flat is None else normalise(np.array(flat[0], dtype=np.float64))

    def field(points: Array) -> Array:
        away = points - a
        t = np.clip(away @ ab / (ab @ ab), places[0], places[-1])
        rest = away - t[:, None] * ab
        if axis is not None and flat is not None:
            rest = rest + (rest @ axis)[:, None] * axis * (1 / flat[1] - 1)
        return np.sqrt(np.einsum("ij,ij->i", rest, rest)) - smooth_curve(t, places, radii)

    ends = np.stack([a + places[0] * ab, a + places[-1] * ab])
    wide = radii.max() * max(1.0, flat[1] if flat else 1.0)
    return Solid(field, ends.min(axis=0) - wide, ends.max(axis=0) + wide, soft_m)


def ellipsoid(centre: Sequence[float] | Array, radii: Sequence[float], soft_m: float) -> Solid:
    """An ellipsoid along the axes."""
    c, r = np.array(centre), np.array(radii)

    def field(points: Array) -> Array:
        scaled = (points - c) / r
        near, steep = np.linalg.norm(scaled, axis=1), np.linalg.norm(scaled / r, axis=1)
        return np.where(near > 1e-3, near * (near - 1) / np.maximum(steep, 1e-9), -r.min())

    return Solid(field, c - r, c + r, soft_m)


def stack(sections: Sequence[tuple[float, float, float, float]], power: float, soft_m: float) -> Solid:
    """Level super-ellipses one above the other: rows of height, depth of the middle, half width, half depth."""
    table = np.array(sections)
    heights = table[:, 0]

    def field(points: Array) -> Array:
        y = np.clip(points[:, 1], heights[0], heights[-1])
        z, wide, deep = (smooth_curve(y, heights, table[:, i]) for i in (1, 2, 3))
        u, v = np.abs(points[:, 0]) / wide, np.abs(points[:, 2] - z) / deep
        around = (u**power + v**power) ** (1 / power)
        length = np.maximum(np.hypot(points[:, 0], points[:, 2] - z), 1e-9)
        side = np.where(around > 1e-6, length * (1 - 1 / np.maximum(around, 1e-6)), -np.minimum(wide, deep))
        beyond = points[:, 1] - y
        return np.where(beyond == 0, side, np.hypot(np.maximum(side, 0), beyond) + np.minimum(side, 0) * 0.0)

    wide, deep = table[:, 2].max(), table[:, 3].max()
    low = np.array([-wide, heights[0], table[:, 1].min() - deep])
    return Solid(field, low, np.array([wide, heights[-1], table[:, 1].max() + deep]), soft_m)


def union(solids: Sequence[Solid]) -> Field:
    """The smooth union of solids, each joined to those before it."""

    def field(points: Array) -> Array:
        values = np.full(len(points), 1.0)
        for solid in solids:
            near = _inside(points, solid.low - _REACH_M, solid.high + _REACH_M)
            if len(near):
                values[near] = smooth_min(values[near], solid.field(points[near]), solid.soft_m)
        return values

    return field


def _inside(points: Array, low: Array, high: Array) -> NDArray[np.int64]:
    """Which points lie in a box; a column at a time, which is several times faster than `.all(axis=1)`."""
    kept = (points[:, 0] > low[0]) & (points[:, 0] < high[0])
    for i in (1, 2):
        kept &= (points[:, i] > low[i]) & (points[:, i] < high[i])
    return np.flatnonzero(kept)


def smooth_min(a: Array, b: Array, soft_m: float) -> Array:
    """The lower of two fields [N], rounded off where they are closer than `soft_m`."""
    near = np.maximum(soft_m - np.abs(a - b), 0.0)
    return np.minimum(a, b) - near * near / (4 * soft_m)


def smooth_curve(x: Array, places: Array, values: Array) -> Array:
    """Values at x [N] of a curve through points, monotone between them (cubic Hermite with limited slopes)."""
    steps = np.diff(places)
    slopes = np.diff(values) / steps
    before, after = slopes[:-1], slopes[1:]
    inner = np.where(before * after > 0, 2 * before * after / np.where(before + after == 0, 1, before + after), 0.0)
    tangents = np.concatenate([slopes[:1], inner, slopes[-1:]])
    i = np.clip(np.searchsorted(places, x, side="right") - 1, 0, len(steps) - 1)
    t, h = (x - places[i]) / steps[i], steps[i]
    t2, t3 = t * t, t * t * t
    ends = (2 * t3 - 3 * t2 + 1) * values[i] + (3 * t2 - 2 * t3) * values[i + 1]
    return ends + h * ((t3 - 2 * t2 + t) * tangents[i] + (t3 - t2) * tangents[i + 1])


def gradient(field: Field, points: Array, step_m: float = 5e-4) -> Array:
    """Gradient [N, 3] of a field by central differences."""
    columns = []
    for axis in np.eye(3) * step_m:
        columns.append((field(points + axis) - field(points - axis)) / (2 * step_m))
    return np.stack(columns, axis=1)

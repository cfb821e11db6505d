"""Meshes of simple shapes and the cutting of meshes along a line, in plain arrays. Knows no skeleton.

All faces run counter-clockwise seen from outside.
"""

from __future__ import annotations

import numpy as np

from solami.body.fields import Field, gradient
from solami.body.geometry import Array, normalise
from solami.body.mesh import Faces

_AROUND = 20  # sides of a torus


def strip(rings: int, sides: int, close: bool = True) -> Faces:
    """Faces between `rings` rows of `sides` vertices; row i+1 lies further along right of row i's sense."""
    last = sides if close else sides - 1
    i, j = (a.reshape(-1) for a in np.meshgrid(np.arange(rings - 1), np.arange(last), indexing="ij"))
    a, b = i * sides + j, i * sides + (j + 1) % sides
    return np.concatenate([np.stack([a, b, a + sides], 1), np.stack([b, b + sides, a + sides], 1)])


def torus(centre: Array, axis: Array, radii: tuple[float, float], thick: tuple[float, float]) -> tuple[Array, Faces]:
    """A ring around an axis.

    Args:
        centre: [3].
        axis: [3].
        radii: of the ring's middle line along the horizontal and along the other direction across the axis.
        thick: half its thickness outwards and along the axis.
    """
    along = normalise(axis.astype(np.float64))
    first = normalise(np.cross(along, [0.0, 0.0, 1.0] if abs(along[2]) < 0.9 else [1.0, 0.0, 0.0]))
    second = np.cross(along, first)
    around, across = (np.arange(n) * 2 * np.pi / n for n in (_AROUND, 6))
    out = np.cos(around)[:, None, None] * first + np.sin(around)[:, None, None] * second
    line = radii[0] * np.cos(around)[:, None, None] * first + radii[1] * np.sin(around)[:, None, None] * second
    tube = thick[0] * np.cos(across)[None, :, None] * out + thick[1] * np.sin(across)[None, :, None] * along
    return (centre + line + tube).reshape(-1, 3), strip(_AROUND + 1, 6)[:, ::-1] % (_AROUND * 6)


def spheroid(centre: Array, radii: Array, rings: int = 5, sides: int = 14) -> tuple[Array, Faces]:
    """An ellipsoid along the axes with its poles on x."""
    polar = np.linspace(0, np.pi, rings + 2)[1:-1, None]
    around = np.arange(sides) * 2 * np.pi / sides
    x, r = np.broadcast_to(np.cos(polar), (rings, sides)), np.sin(polar)
    points = np.stack([x, r * np.cos(around), r * np.sin(around)], axis=-1).reshape(-1, 3)
    points = np.concatenate([points, [[1.0, 0, 0], [-1.0, 0, 0]]])
    j = np.arange(sides)
    k = (j + 1) % sides
    top, bottom, last = rings * sides, rings * sides + 1, (rings - 1) * sides
    caps = [np.stack([j, k, np.full(sides, top)], 1), np.stack([last + k, last + j, np.full(sides, bottom)], 1)]
    return centre + points * radii, np.concatenate([strip(rings, sides)[:, ::-1], *caps])


def outward(vertices: Array, faces: Faces) -> Faces:
    """The faces of a closed surface, turned round if they look inwards."""
    a, b, c = (vertices[faces[:, i]] for i in range(3))
    return faces if np.sum(a * np.cross(b, c)) > 0 else faces[:, ::-1]


def cut(vertices: Array, faces: Faces, values: Array, surface: Field) -> tuple[Array, Faces]:
    """Split faces along the line where `values` [V] change sign, so that every face lies on one side.

    New vertices are put onto `surface`. Vertices closer to the line than a tenth of an edge count as on it.
    """
    edges = np.unique(np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1), axis=0)
    share = values[edges[:, 0]] / np.where(
        values[edges[:, 0]] == values[edges[:, 1]], 1, values[edges[:, 0]] - values[edges[:, 1]]
    )
    cross = (values[edges[:, 0]] > 0) != (values[edges[:, 1]] > 0)
    edges, share = edges[cross], np.clip(share[cross], 0.02, 0.98)[:, None]
    new = vertices[edges[:, 0]] * (1 - share) + vertices[edges[:, 1]] * share
    slope = gradient(surface, new)
    new = new - (surface(new) / np.maximum((slope**2).sum(axis=1), 0.05))[:, None] * slope
    keys = edges[:, 0] * len(vertices) + edges[:, 1]

    def middle(a: Faces, b: Faces) -> Faces:
        return len(vertices) + np.searchsorted(keys, np.minimum(a, b) * len(vertices) + np.maximum(a, b))

    above = values[faces] > 0
    split = above.any(axis=1) & ~above.all(axis=1)
    mixed, lone = faces[split], above[split]
    odd = np.argmax(lone == (lone.sum(axis=1) == 1)[:, None], axis=1)  # the corner alone on its side
    a, b, c = (mixed[np.arange(len(mixed)), (odd + i) % 3] for i in range(3))
    ab, ca = middle(a, b), middle(c, a)
    parts = [faces[~split], np.stack([a, ab, ca], 1), np.stack([ab, b, c], 1), np.stack([ab, c, ca], 1)]
    return np.concatenate([vertices, new]), np.concatenate(parts)

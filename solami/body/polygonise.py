"""Turns a field into triangles: surface nets on a box of cells, then settled onto the surface. Knows no body.

Naive surface nets: one vertex in every cell that the surface passes, one quad around every grid edge that it crosses
(https://0fps.net/2012/07/12/smooth-voxel-terrain-part-2/).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solami.body.fields import Field, gradient
from solami.body.geometry import Array, normalise

Faces = NDArray[np.int64]
_CORNERS = np.array([(i, j, k) for i in (0, 1) for j in (0, 1) for k in (0, 1)])


def polygonise(field: Field, axes: tuple[Array, Array, Array], settle: int = 4) -> tuple[Array, Faces]:
    """Vertices [V, 3] on the surface and faces [F, 3], counter-clockwise from outside.

    Args:
        field: below zero inside; above zero all over the box's sides, so that the surface is closed.
        axes: the grid's rising places along x, y and z, metres; spacing may change along an axis.
        settle: rounds of moving vertices to even spacing and back onto the surface.
    """
    shape = tuple(len(a) for a in axes)
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    values = field(grid).reshape(shape)
    inside = values < 0
    assert not any(inside.take(end, axis).any() for axis in range(3) for end in (0, -1)), "the surface leaves the box"
    cells, vertices = _cell_vertices(axes, values, inside)
    quads = _quads(inside, cells)
    for _ in range(settle):
        vertices = _onto(field, _evened(vertices, quads, field))
    vertices = _onto(field, vertices)
    return vertices, _split(vertices, quads)


def _cell_vertices(axes: tuple[Array, Array, Array], values: Array, inside: NDArray[np.bool_]) -> tuple[Faces, Array]:
    """The number of each cell's vertex (or -1), and the vertices: means of the crossings of the cell's edges."""
    cells = tuple(n - 1 for n in values.shape)
    count = sum(inside[i : i + cells[0], j : j + cells[1], k : k + cells[2]].astype(np.int8) for i, j, k in _CORNERS)
    mixed = np.argwhere((count > 0) & (count < 8))
    numbers = np.full(cells, -1, np.int64)
    numbers[tuple(mixed.T)] = np.arange(len(mixed))
    total, hits = np.zeros((len(mixed), 3)), np.zeros(len(mixed))
    for a in range(8):
        for axis in range(3):
            if _CORNERS[a][axis]:
                continue
            first = mixed + _CORNERS[a]
            second = first + np.eye(3, dtype=np.int64)[axis]
            va, vb = values[tuple(first.T)], values[tuple(second.T)]
            cross = (va < 0) != (vb < 0)
            share = np.where(cross, va / np.where(cross, va - vb, 1), 0)[:, None]
            pa, pb = (np.stack([axes[d][i[:, d]] for d in range(3)], axis=1) for i in (first, second))
            total += np.where(cross[:, None], pa + share * (pb - pa), 0)
            hits += cross
    return numbers, total / hits[:, None]


def _quads(inside: NDArray[np.bool_], cells: Faces) -> Faces:
    """One quad around every grid edge whose ends lie on different sides."""
    quads = []
    for axis in range(3):
        u, v = (axis + 1) % 3, (axis + 2) % 3
        low = np.moveaxis(inside, axis, 0)[:-1], np.moveaxis(inside, axis, 0)[1:]
        edges = np.argwhere(np.moveaxis(low[0] != low[1], 0, axis))
        out = np.eye(3, dtype=np.int64)
        around = [edges - out[u] - out[v], edges - out[v], edges, edges - out[u]]
        quad = np.stack([cells[tuple(c.T)] for c in around], axis=1)
        leaving = inside[tuple(edges.T)]  # from inside to outside along the axis
        quads.append(np.where(leaving[:, None], quad, quad[:, ::-1]))
    return np.concatenate(quads)


def _evened(vertices: Array, quads: Faces, field: Field) -> Array:
    """Every vertex moved half way to the mean of its neighbours, along the surface only."""
    total, count = np.zeros_like(vertices), np.zeros(len(vertices))
    for i in range(4):
        a, b = quads[:, i], quads[:, (i + 1) % 4]
        for here, there in ((a, b), (b, a)):
            np.add.at(total, here, vertices[there])
            np.add.at(count, here, 1)
    move = total / count[:, None] - vertices
    normal = normalise(gradient(field, vertices))
    return vertices + 0.5 * (move - np.sum(move * normal, axis=1, keepdims=True) * normal)


def _onto(field: Field, vertices: Array) -> Array:
    """Two Newton steps towards the surface."""
    for _ in range(2):
        slope = gradient(field, vertices)
        vertices = (
            vertices - np.clip(field(vertices) / np.maximum((slope**2).sum(axis=1), 0.05), -0.01, 0.01)[:, None] * slope
        )
    return vertices


def _split(vertices: Array, quads: Faces) -> Faces:
    """Two triangles a quad, cut along the shorter diagonal."""
    a, b, c, d = (vertices[quads[:, i]] for i in range(4))
    short = (np.linalg.norm(a - c, axis=1) <= np.linalg.norm(b - d, axis=1))[:, None]
    first = np.where(short, quads[:, [0, 1, 2]], quads[:, [0, 1, 3]])
    second = np.where(short, quads[:, [0, 2, 3]], quads[:, [1, 2, 3]])
    return np.concatenate([first, second])


def axis(start: float, *stretches: tuple[float, float]) -> Array:
    """Rising places from `start` through stretches of (end, spacing), metres; the spacing is fitted to the stretch."""
    places = [np.array([start])]
    for end, spacing in stretches:
        places.append(np.linspace(places[-1][-1], end, max(1, round((end - places[-1][-1]) / spacing)) + 1)[1:])
    return np.concatenate(places)

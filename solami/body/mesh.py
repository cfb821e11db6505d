"""Skinned meshes: tubes through rings, joined, and bent by linear blending. Knows no particular body."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solami.body.geometry import Array, normalise, quaternion_to_matrix

Colour = tuple[float, float, float]
Weights = dict[int, float]  # joint -> share; shares sum to 1


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """Triangles in the rest pose, pelvis at the origin; V vertices, F faces, counter-clockwise seen from outside."""

    vertices: NDArray[np.float32]  # [V, 3] metres
    normals: NDArray[np.float32]  # [V, 3]
    colours: NDArray[np.float32]  # [V, 3] in 0..1
    faces: NDArray[np.int64]  # [F, 3]
    joints: NDArray[np.int64]  # [V, 4]
    weights: NDArray[np.float32]  # [V, 4]


@dataclass(frozen=True, slots=True)
class Ring:
    """One elliptical cross-section of a tube."""

    centre: tuple[float, float, float]
    radius_u: float
    radius_v: float
    weights: Weights


def tube(rings: list[Ring], u: Array, v: Array, colour: Colour, sides: int = 14) -> Mesh:
    """A closed tube with rounded ends; u and v [3] are the directions of the rings' two radii."""
    rings = [*_cap(rings[1], rings[0])[::-1], *rings, *_cap(rings[-2], rings[-1])]
    angle = np.arange(sides) * 2 * np.pi / sides
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    centres = np.array([ring.centre for ring in rings])
    radii = np.array([(ring.radius_u, ring.radius_v) for ring in rings])
    points = centres[:, None] + (circle[None] * radii[:, None]) @ np.stack([u, v])
    faces = _strip(len(rings), sides)
    if np.dot(np.cross(u, v), centres[-1] - centres[0]) < 0:
        faces = faces[:, ::-1]
    vertices = points.reshape(-1, 3)
    packed = [_pack(ring.weights) for ring in rings]
    return Mesh(
        vertices.astype(np.float32),
        _normals(vertices, faces),
        np.tile(np.array(colour, np.float32), (len(vertices), 1)),
        faces,
        np.repeat(np.array([p[0] for p in packed], np.int64), sides, axis=0),
        np.repeat(np.array([p[1] for p in packed], np.float32), sides, axis=0),
    )


def joined(meshes: list[Mesh]) -> Mesh:
    """One mesh of several."""
    starts = np.cumsum([0, *(len(m.vertices) for m in meshes[:-1])])
    faces = np.concatenate([m.faces + start for m, start in zip(meshes, starts, strict=True)])
    names = ("vertices", "normals", "colours")
    vertices, normals, colours = (np.concatenate([getattr(m, name) for m in meshes]) for name in names)
    joints, weights = (np.concatenate([getattr(m, name) for m in meshes]) for name in ("joints", "weights"))
    return Mesh(vertices, normals, colours, faces, joints, weights)


def bent(mesh: Mesh, rest: Array, rotations: Array, positions: Array) -> tuple[Array, Array]:
    """Linear blend skinning: vertices and normals [V, 3] for one pose.

    Args:
        mesh: the mesh in its rest pose.
        rest: rest positions of the joints [J, 3].
        rotations: world rotations of the joints [J, 4].
        positions: world positions of the joints [J, 3].
    """
    matrices = quaternion_to_matrix(rotations)[mesh.joints]
    away = mesh.vertices[:, None] - rest[mesh.joints]
    places = np.einsum("vkij,vkj->vki", matrices, away) + positions[mesh.joints]
    normals = np.einsum("vkij,vj,vk->vi", matrices, mesh.normals, mesh.weights, optimize=True)
    return np.einsum("vki,vk->vi", places, mesh.weights), normalise(normals)


def _cap(before: Ring, end: Ring) -> list[Ring]:
    """Three ever smaller rings that round off the end of a tube."""
    outward = normalise(np.array(end.centre) - np.array(before.centre)) * 0.6 * min(end.radius_u, end.radius_v)
    rings = []
    for angle in np.radians([35.0, 65.0, 90.0]):
        x, y, z = (float(c) for c in np.array(end.centre) + outward * np.sin(angle))
        shrink = float(np.cos(angle))
        rings.append(Ring((x, y, z), end.radius_u * shrink, end.radius_v * shrink, end.weights))
    return rings


def _strip(rings: int, sides: int) -> NDArray[np.int64]:
    i, j = (a.reshape(-1) for a in np.meshgrid(np.arange(rings - 1), np.arange(sides), indexing="ij"))
    a, b = i * sides + j, i * sides + (j + 1) % sides
    return np.concatenate([np.stack([a, b, a + sides], 1), np.stack([b, b + sides, a + sides], 1)])


def _normals(vertices: Array, faces: NDArray[np.int64]) -> NDArray[np.float32]:
    corners = vertices[faces]
    face_normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = np.zeros_like(vertices)
    for corner in range(3):
        np.add.at(normals, faces[:, corner], face_normals)
    return normalise(normals).astype(np.float32)


def _pack(weights: Weights) -> tuple[list[int], list[float]]:
    """Four joints and shares, padded with the first joint at zero."""
    assert 1 <= len(weights) <= 4 and abs(sum(weights.values()) - 1) < 1e-6
    spare = 4 - len(weights)
    return [*weights, *[next(iter(weights))] * spare], [*weights.values(), *[0.0] * spare]

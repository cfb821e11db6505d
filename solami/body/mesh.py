"""Skinned triangle meshes: joined, mirrored, and bent by linear blending. Knows no particular body."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solami.body.geometry import Array, normalise, quaternion_to_matrix

Faces = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """Triangles in the rest pose, pelvis at the origin; V vertices, F faces, counter-clockwise seen from outside."""

    vertices: NDArray[np.float32]  # [V, 3] metres
    normals: NDArray[np.float32]  # [V, 3]
    faces: Faces  # [F, 3]
    materials: NDArray[np.uint8]  # [F] index into the body's list of materials
    joints: NDArray[np.int64]  # [V, 4]
    weights: NDArray[np.float32]  # [V, 4] sum to 1, largest first


def joined(meshes: list[Mesh]) -> Mesh:
    """One mesh of several."""
    starts = np.cumsum([0, *(len(m.vertices) for m in meshes[:-1])])
    return Mesh(
        np.concatenate([m.vertices for m in meshes]),
        np.concatenate([m.normals for m in meshes]),
        np.concatenate([m.faces + start for m, start in zip(meshes, starts, strict=True)]),
        np.concatenate([m.materials for m in meshes]),
        np.concatenate([m.joints for m in meshes]),
        np.concatenate([m.weights for m in meshes]),
    )


def mirrored(mesh: Mesh, other_side: tuple[int, ...]) -> Mesh:
    """The mesh's mirror image in x = 0; `other_side` names each joint's partner."""
    flip = np.array([-1, 1, 1], np.float32)
    partner = np.array(other_side)[mesh.joints]
    return Mesh(mesh.vertices * flip, mesh.normals * flip, mesh.faces[:, ::-1], mesh.materials, partner, mesh.weights)


def bent(mesh: Mesh, rest: Array, rotations: Array, positions: Array) -> tuple[Array, Array]:
    """Linear blend skinning: vertices and normals [V, 3] for one pose.

    Args:
        mesh: the mesh in its rest pose.
        rest: rest positions of the joints [J, 3].
        rotations: world rotations of the joints [J, 4].
        positions: world positions of the joints [J, 3].
    """
    turns = quaternion_to_matrix(rotations).astype(np.float32)
    shifts = (positions - np.einsum("jab,jb->ja", turns, rest)).astype(np.float32)
    moves = np.concatenate([turns, shifts[..., None]], axis=-1)  # [J, 3, 4]
    blended = np.einsum("vk,vkab->vab", mesh.weights, moves[mesh.joints])
    vertices = np.einsum("vab,vb->va", blended[..., :3], mesh.vertices) + blended[..., 3]
    return vertices, normalise(np.einsum("vab,vb->va", blended[..., :3], mesh.normals))


def vertex_normals(vertices: Array, faces: Faces) -> NDArray[np.float32]:
    """Mean normals [V, 3] of the faces around every vertex, larger faces counting more."""
    corners = vertices[faces]
    face_normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = np.zeros_like(vertices, dtype=np.float64)
    for corner in range(3):
        np.add.at(normals, faces[:, corner], face_normals)
    return normalise(normals).astype(np.float32)


def compact(mesh: Mesh) -> Mesh:
    """The mesh without vertices that no face uses."""
    used = np.unique(mesh.faces)
    numbers = np.zeros(len(mesh.vertices), np.int64)
    numbers[used] = np.arange(len(used))
    vertices, normals = mesh.vertices[used], mesh.normals[used]
    return Mesh(vertices, normals, numbers[mesh.faces], mesh.materials, mesh.joints[used], mesh.weights[used])

"""The mannequin: a generated body with hands, shoes and a face that can speak, on the skeleton's rest pose.

No model file is behind it: its shapes are written down in the `mannequin_*` modules and carved when first used. It
stands in pictures, GLB and VRM files until a licensed body or an avatar takes its place.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from solami import skeleton
from solami.body.geometry import Array
from solami.body.mannequin_body import body, body_bones, give
from solami.body.mannequin_face import NEUTRAL, Expression, face
from solami.body.mannequin_foot import foot, foot_weights
from solami.body.mannequin_hand import hand, hand_bones
from solami.body.mannequin_head import ears, head
from solami.body.mesh import Faces, Mesh, joined, mirrored, vertex_normals
from solami.body.rest import rest_positions
from solami.body.skin_weights import skin
from solami.body.surfaces import torus

__all__ = ["MATERIALS", "Material", "expressed", "face_range", "mannequin", "rest_positions"]


class Material(NamedTuple):
    """How one part of the mannequin looks."""

    name: str
    colour: tuple[float, float, float]  # sRGB
    roughness: float
    glow: float  # 0: lit by lamps, 1: a lamp


MATERIALS: tuple[Material, ...] = (
    Material("shell", (0.905, 0.900, 0.880), 0.45, 0.0),
    Material("joint", (0.215, 0.240, 0.275), 0.60, 0.0),
    Material("accent", (0.930, 0.430, 0.190), 0.45, 0.0),
    Material("plate", (0.075, 0.090, 0.115), 0.18, 0.0),
    Material("light", (0.560, 0.930, 0.940), 0.50, 0.9),
    Material("throat", (0.330, 0.075, 0.095), 0.70, 0.3),
)
_Skinning = tuple[NDArray[Any], NDArray[Any]]  # joints and weights [V, 4]
_SHELL, _JOINT, _ACCENT, _PLATE, _LIGHT, _THROAT = range(len(MATERIALS))
_FACE_PARTS = ("left_eye", "right_eye", "lips", "throat")  # in this order, the mesh's last vertices


@lru_cache(maxsize=1)
def mannequin() -> Mesh:
    """The mannequin in the rest pose, pelvis at the origin, soles at -0.949 m."""
    parts = [_body(), *_head()]
    for left in (*_hand(), *_foot()):
        parts += [left, mirrored(left, skeleton.MIRROR)]
    mesh = joined([*parts, *_face()])
    for name in ("vertices", "normals", "faces", "materials", "joints", "weights"):
        getattr(mesh, name).setflags(write=False)
    return mesh


def face_range() -> slice:
    """Where in the mannequin's vertices the parts lie that expressions move."""
    moving = sum(len(face()[name].vertices) for name in _FACE_PARTS)
    return slice(len(mannequin().vertices) - moving, len(mannequin().vertices))


def expressed(expression: Expression) -> NDArray[np.float32]:
    """How far an expression moves the vertices of `face_range` from the neutral face, metres [N, 3]."""
    now, before = (np.concatenate([face(e)[name].vertices for name in _FACE_PARTS]) for e in (expression, NEUTRAL))
    return (now - before).astype(np.float32)


def _part(vertices: Array, faces: Faces, materials: NDArray[Any] | int, skinning: _Skinning | int) -> Mesh:
    """A mesh; `skinning` is joints and weights, or the one joint that carries it."""
    if isinstance(skinning, int):
        skinning = np.full((len(vertices), 4), skinning), np.tile([1.0, 0, 0, 0], (len(vertices), 1))
    return Mesh(
        vertices.astype(np.float32),
        vertex_normals(vertices, faces),
        faces.astype(np.int64),
        np.broadcast_to(materials, len(faces)).astype(np.uint8),
        skinning[0].astype(np.int64),
        skinning[1].astype(np.float32),
    )


def _body() -> Mesh:
    vertices, faces, bands = body()
    materials = np.where(bands(vertices[faces].mean(axis=1)) > 0, _JOINT, _SHELL)
    return _part(vertices, faces, materials, skin(vertices, faces, body_bones(), 14, give(vertices)))


def _head() -> list[Mesh]:
    joint = skeleton.INDEX["head"]
    shell = _part(*head(), _SHELL, joint)
    return [shell, *(_part(*ear, _ACCENT, joint) for ear in ears()), _part_of_face("plate", _PLATE, joint)]


def _face() -> list[Mesh]:
    head_joint, jaw = skeleton.INDEX["head"], skeleton.INDEX["jaw"]
    parts = [_part_of_face(f"{side}_eye", _LIGHT, skeleton.INDEX[f"{side}_eye"]) for side in ("left", "right")]
    for name, material in (("lips", _LIGHT), ("throat", _THROAT)):
        vertices = face()[name].vertices
        low = 0.5 * np.clip((vertices[:, 1].mean() - vertices[:, 1]) / 0.002 + 0.5, 0, 1)  # the jaw takes the lower lip
        joints = np.tile([head_joint, jaw, head_joint, head_joint], (len(vertices), 1))
        weights = np.stack([1 - low, low, 0 * low, 0 * low], axis=1)
        parts.append(_part(vertices, face()[name].faces, material, (joints, weights)))
    return parts


def _part_of_face(name: str, material: int, joint: int) -> Mesh:
    return _part(face()[name].vertices, face()[name].faces, material, joint)


def _hand() -> list[Mesh]:
    vertices, faces = hand()
    wrist, elbow = (rest_positions()[skeleton.INDEX[f"left_{n}"]] for n in ("wrist", "elbow"))
    cuff = torus(wrist - (0.014, 0, 0), wrist - elbow, (0.0275, 0.0315), (0.0045, 0.0075))
    glove = _part(vertices, faces, _SHELL, skin(vertices, faces, hand_bones("left"), 5))
    return [glove, _part(*cuff, _ACCENT, skeleton.INDEX["left_elbow"])]


def _foot() -> list[Mesh]:
    vertices, faces, sole = foot()
    materials = np.where(sole(vertices[faces].mean(axis=1)) > 0, _ACCENT, _JOINT)
    return [_part(vertices, faces, materials, foot_weights(vertices, "left"))]

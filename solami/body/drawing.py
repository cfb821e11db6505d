"""Draws the mannequin in one pose into an array of pixels.

Points over its surface, the nearest one wins. Numpy only.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from solami.body.geometry import Array, normalise, rotate, yaw_quaternion
from solami.body.kinematics import forward_kinematics
from solami.body.mannequin import mannequin, rest_positions
from solami.body.mesh import bent
from solami.frames import MotionChunk

BACKGROUND = np.array([0.965, 0.965, 0.955])
_FLOOR = np.array([0.87, 0.87, 0.85])
_SHADOW = 0.86 * _FLOOR
_LIGHT = normalise(np.array([0.35, 0.75, 0.65]))
_SOFTEN = 2  # pixels are drawn this much finer and averaged
_TILT_RAD = 0.10  # the camera looks down a little, so that the floor is seen
_TURN_RAD = 0.45
_CAMERA = np.array([np.sin(_TURN_RAD) * np.cos(_TILT_RAD), np.sin(_TILT_RAD), np.cos(_TURN_RAD) * np.cos(_TILT_RAD)])


@dataclass(frozen=True, slots=True)
class View:
    """A picture of one body, the pelvis's floor point in its middle."""

    width: int
    height: int
    metres_high: float = 2.25

    @property
    def pixels_per_metre(self) -> float:
        return self.height / self.metres_high


def draw_pose(
    motion: MotionChunk, pose: int, view: View, floor_x_m: float = 0.0, floor_z_m: float = 0.0
) -> NDArray[np.float64]:
    """Pixels [height, width, 3] in 0..1 of one pose, seen a little from its left of +Z, above the floor point given."""
    fine = View(view.width * _SOFTEN, view.height * _SOFTEN, view.metres_high)
    world = forward_kinematics(motion.rotations[pose].astype(np.float64), motion.translation[pose].astype(np.float64))
    mesh = mannequin()
    vertices, normals = bent(mesh, rest_positions(), *world)
    vertices = vertices - np.array([floor_x_m, 0.0, floor_z_m])
    faces, corners = _surface(fine.pixels_per_metre)
    image = _floor(fine)
    on_floor = vertices * np.array([1.0, 0.0, 1.0])
    _splat(image, _spread(on_floor, faces[::3], corners[::3]), np.broadcast_to(_SHADOW, (len(faces[::3]), 3)), fine)
    seen = np.flatnonzero((normals @ _CAMERA)[faces].max(axis=1) > 0)
    faces, corners = faces[seen], corners[seen]
    shaded = mesh.colours * (0.5 + 0.55 * np.clip(normals @ _LIGHT, 0, 1))[:, None]
    _splat(image, _spread(vertices, faces, corners), _spread(shaded, faces, corners), fine)
    return image.reshape(view.height, _SOFTEN, view.width, _SOFTEN, 3).mean(axis=(1, 3))


def _spread(values: Array, faces: NDArray[np.int64], corners: Array) -> Array:
    """Vertex values [V, 3] at points inside faces."""
    a, b, c = (corners[:, i, None] * values[faces[:, i]] for i in range(3))
    return a + b + c


@lru_cache(maxsize=2)
def _surface(pixels_per_metre: float) -> tuple[NDArray[np.int64], Array]:
    """Points spread over the mannequin, denser than the pixels: their faces [N, 3] and places in them [N, 3]."""
    mesh = mannequin()
    a, b, c = (mesh.vertices[mesh.faces[:, i]].astype(np.float64) for i in range(3))
    areas = 0.5 * np.linalg.norm(np.cross(b - a, c - a), axis=1)
    counts = np.ceil(areas * (1.2 * pixels_per_metre) ** 2).astype(np.int64)
    faces = np.repeat(mesh.faces, counts, axis=0)
    random = np.random.default_rng(0).random((len(faces), 2))
    root = np.sqrt(random[:, :1])
    return faces, np.concatenate([1 - root, root * (1 - random[:, 1:]), root * random[:, 1:]], axis=1)


def _floor(view: View) -> NDArray[np.float64]:
    image = np.tile(BACKGROUND, (view.height, view.width, 1))
    line = int(_rows(np.array([0.0]), np.array([-0.9]), view)[0])
    image[line:] = _FLOOR
    return image


def _rows(y: Array, z: Array, view: View) -> Array:
    return view.height - (y * np.cos(_TILT_RAD) - z * np.sin(_TILT_RAD) + 0.22) * view.pixels_per_metre


def _splat(image: NDArray[np.float64], points: Array, colours: Array, view: View) -> None:
    """Put points [N, 3] into the image; where several meet in a pixel the nearest is kept."""
    seen = rotate(yaw_quaternion(np.array(-_TURN_RAD)), points)
    columns = (seen[:, 0] * view.pixels_per_metre + view.width / 2).astype(np.int64)
    rows = _rows(seen[:, 1], seen[:, 2], view).astype(np.int64)
    depth = seen[:, 2] * np.cos(_TILT_RAD) + seen[:, 1] * np.sin(_TILT_RAD)
    inside = np.flatnonzero((columns >= 0) & (columns < view.width - 1) & (rows >= 0) & (rows < view.height - 1))
    order = inside[np.argsort(depth[inside], kind="stable")]  # of equal indices, numpy keeps the last written
    pixels = image.reshape(-1, 3)
    first = rows[order] * view.width + columns[order]
    places = np.stack(
        [first, first + 1, first + view.width, first + view.width + 1], axis=1
    )  # two by two leaves no holes
    pixels[places.reshape(-1)] = np.repeat(colours[order], 4, axis=0)

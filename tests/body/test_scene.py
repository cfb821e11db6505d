import numpy as np

from solami.body.fields import ellipsoid
from solami.body.mesh import vertex_normals
from solami.body.polygonise import axis, polygonise
from solami.body.scene import render
from solami.body.view import Camera, Surface

CAMERA = Camera(90, 90, metres_high=1.5, target=(0.0, 0.5, 0.0))


def _ball(x: float = 0.0, height: float = 0.5, marks: list | None = None) -> Surface:
    grid = axis(-0.3, (0.3, 0.05))
    vertices, faces = polygonise(ellipsoid((0, 0, 0), (0.2, 0.2, 0.2), 0.01).field, (grid, grid, grid))
    normals, count = vertex_normals(vertices, faces), len(faces)
    colours = np.tile([0.9, 0.1, 0.1], (count, 1))
    vertices = vertices + np.array([x, height, 0])
    return Surface(vertices, normals, faces, colours, np.zeros(count), np.zeros(count), marks or [])


def _red(image: np.ndarray) -> np.ndarray:
    return image[..., 0] - image[..., 2] > 0.2


def test_the_ball_is_lit_from_above_and_shades_the_floor() -> None:
    """Its top is brighter than its bottom; a floor under a low ball is darker than under none."""
    image = render(_ball(), CAMERA)
    rows = np.flatnonzero(_red(image).any(axis=1))
    top, bottom = (image[row][_red(image)[row]].mean() for row in (rows[3], rows[-4]))
    assert top > 1.3 * bottom
    low, away = (render(_ball(x, 0.21), CAMERA) for x in (0.0, -0.6))
    column, row, _ = CAMERA.project(np.array([0.0, 0.0, 0.22])).astype(int)
    assert low[row, column].mean() < away[row, column].mean() - 0.015

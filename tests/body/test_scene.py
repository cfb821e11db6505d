import numpy as np

from solami.body.fields import ellipsoid
from solami.body.mesh import vertex_normals
from solami.body.polygonise import axis, polygonise
from solami.body.scene import Camera, Surface, render

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


def test_the_target_is_in_the_middle() -> None:
    """What the camera is aimed at lies in the picture's middle, from every side."""
    for yaw in (0.0, 1.0, 3.0):
        column, row, depth = Camera(80, 60, yaw, target=(1.0, 2.0, 3.0)).project(np.array([1.0, 2.0, 3.0]))
        np.testing.assert_allclose([column, row, depth], [40, 30, 6.5])


def test_a_body_facing_the_camera_has_its_left_on_the_right() -> None:
    """From the front +X is seen on the right; from behind on the left; from yaw 90 degrees +Z is on the left."""
    ahead = [Camera(80, 60, yaw).project(np.array([0.3, 0.92, 0.0]))[0] for yaw in (0.0, np.pi)]
    assert ahead[0] > 45 and ahead[1] < 35
    assert Camera(80, 60, np.pi / 2).project(np.array([0.0, 0.92, 0.3]))[0] < 35


def test_the_ball_is_lit_from_above_and_shades_the_floor() -> None:
    """Its top is brighter than its bottom; a floor under a low ball is darker than under none."""
    image = render(_ball(), CAMERA)
    rows = np.flatnonzero(_red(image).any(axis=1))
    top, bottom = (image[row][_red(image)[row]].mean() for row in (rows[3], rows[-4]))
    assert top > 1.3 * bottom
    low, away = (render(_ball(x, 0.21), CAMERA) for x in (0.0, -0.6))
    column, row, _ = CAMERA.project(np.array([0.0, 0.0, 0.22])).astype(int)
    assert low[row, column].mean() < away[row, column].mean() - 0.015


def test_marks_are_drawn_on_the_floor() -> None:
    """A mark changes the picture near its place only."""
    changed = np.abs(render(_ball(), CAMERA) - render(_ball(marks=[(0.3, 0.3, np.array([0, 1, 0]))]), CAMERA)).max(
        axis=2
    )
    rows, columns = np.nonzero(changed > 0.05)
    column, row, _ = CAMERA.project(np.array([0.3, 0.0, 0.3]))
    assert len(rows) > 5 and np.abs(columns - column).max() < 9 and np.abs(rows - row).max() < 5

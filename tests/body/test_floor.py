import numpy as np

from solami.body.floor import BACKGROUND, floor
from solami.body.view import Camera, Surface, to_srgb

CAMERA = Camera(90, 90, metres_high=1.5, target=(0.0, 0.5, 0.0))


def _plate(height: float, marks: list | None = None) -> Surface:
    """Points of a level square of 40 cm."""
    x, z = (v.ravel() for v in np.meshgrid(np.linspace(-0.2, 0.2, 30), np.linspace(-0.2, 0.2, 30)))
    points = np.stack([x, np.full_like(x, height), z], axis=1)
    nothing = np.zeros((0, 3))
    faces = np.zeros((0, 3), np.int64)
    return Surface(points, points, faces, nothing, np.zeros(0), np.zeros(0), marks or [])


def test_what_is_low_shades_the_floor() -> None:
    """The floor's middle is darker under a low plate than under a high one; the wall above stays as it is."""
    low, high = (floor(_plate(height), CAMERA) for height in (0.02, 0.6))
    column, row, _ = CAMERA.project(np.zeros(3)).astype(int)
    assert low[row, column].mean() < 0.7 * high[row, column].mean()
    np.testing.assert_array_equal(low[0], high[0])
    np.testing.assert_allclose(to_srgb(low[0, 0]), BACKGROUND, atol=0.02)


def test_marks_are_drawn_on_the_floor() -> None:
    """A mark changes the picture near its place only, to its colour."""
    marked, plain = (floor(_plate(0.5, marks), CAMERA) for marks in ([(0.3, 0.3, np.array([0.0, 1, 0]))], []))
    rows, columns = np.nonzero(np.abs(marked - plain).max(axis=2) > 0.05)
    column, row, _ = CAMERA.project(np.array([0.3, 0.0, 0.3]))
    assert len(rows) > 5 and np.abs(columns - column).max() < 9 and np.abs(rows - row).max() < 5
    assert (marked[rows, columns, 1] > marked[rows, columns, 0]).all()


def test_tiles_lie_every_half_metre() -> None:
    """Along a row of pixels near the middle, the darkest places are half a metre apart."""
    image = floor(_plate(5.0), Camera(400, 200, metres_high=1.0, target=(0.0, 0.0, 0.0), pitch_rad=0.5))
    row = image[90].mean(axis=1)
    dark = np.flatnonzero(row < row.max() - 0.5 * np.ptp(row))
    lines = [piece.mean() for piece in np.split(dark, np.flatnonzero(np.diff(dark) > 5) + 1)]
    assert len(lines) >= 3
    np.testing.assert_allclose(np.diff(lines), 100, rtol=0.15)

import numpy as np
import pytest

from solami.body.fields import ellipsoid
from solami.body.polygonise import axis, polygonise
from solami.body.surfaces import cut, spheroid, torus


def _volume(vertices: np.ndarray, faces: np.ndarray) -> float:
    a, b, c = (vertices[faces[:, i]] for i in range(3))
    return float(np.sum(a * np.cross(b, c)) / 6)


def test_closed_shapes_face_outwards() -> None:
    """Torus and spheroid enclose about their volume, counted positive, along any axis."""
    for direction in np.eye(3):
        ring = torus(np.ones(3), direction, (0.1, 0.1), (0.01, 0.01))
        assert _volume(*ring) == pytest.approx(2 * np.pi**2 * 0.1 * 0.01**2, rel=0.25)
    assert _volume(*spheroid(np.ones(3), np.array([0.1, 0.2, 0.3]), 15, 30)) == pytest.approx(
        4 / 3 * np.pi * 0.006, rel=0.05
    )


def test_cutting_leaves_every_face_on_one_side() -> None:
    """After a cut at x = 0.03 no face crosses it, the surface is still closed, and new corners lie on the ball."""
    field, grid = ellipsoid((0, 0, 0), (0.1, 0.1, 0.1), 0.01).field, axis(-0.13, (0.13, 0.02))
    before, faces = polygonise(field, (grid, grid, grid))
    vertices, faces = cut(before, faces, before[:, 0] - 0.03, field)
    sides = np.sign(np.where(np.abs(vertices[:, 0] - 0.03) < 2e-3, 0, vertices[:, 0] - 0.03))[faces]
    assert (sides.max(axis=1) - sides.min(axis=1) < 2).all()
    np.testing.assert_allclose(np.linalg.norm(vertices[len(before) :], axis=1), 0.1, atol=1e-3)
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    assert {(b, a) for a, b in edges.tolist()} == set(map(tuple, edges.tolist()))

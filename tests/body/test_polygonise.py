import numpy as np
import pytest

from solami.body.fields import ellipsoid
from solami.body.polygonise import axis, polygonise


def test_a_ball_becomes_a_closed_round_surface() -> None:
    """Every edge has two faces, vertices lie on the ball, and the faces enclose its volume, facing outwards."""
    grid = axis(-0.13, (0.0, 0.02), (0.13, 0.015))
    vertices, faces = polygonise(ellipsoid((0, 0, 0), (0.1, 0.1, 0.1), 0.01).field, (grid, grid, grid))
    np.testing.assert_allclose(np.linalg.norm(vertices, axis=1), 0.1, atol=1e-4)
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    turned = {(b, a) for a, b in edges.tolist()}
    assert len(turned) == len(edges) and turned == set(map(tuple, edges.tolist()))
    a, b, c = (vertices[faces[:, i]] for i in range(3))
    volume = np.sum(a * np.cross(b, c)) / 6
    assert volume == pytest.approx(4 / 3 * np.pi * 0.1**3, rel=0.05)


def test_axes_keep_their_stretches() -> None:
    """Stretches end where they were asked to end, with about the spacing asked for."""
    places = axis(0.0, (0.1, 0.03), (1.0, 0.1))
    assert places[0] == 0 and places[-1] == 1.0 and 0.1 in places
    assert (np.diff(places) > 0).all() and np.diff(places).max() == pytest.approx(0.1)

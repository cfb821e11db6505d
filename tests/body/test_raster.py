import numpy as np

from solami.body.raster import rasterise

# counter-clockwise as seen; rows grow downwards
NEAR = [[0.0, 8.0, 1.0], [8.0, 8.0, 1.0], [0.0, 0.0, 1.0]]
FAR = [[0.0, 8.0, 2.0], [8.0, 8.0, 2.0], [8.0, 0.0, 2.0]]


def test_the_nearer_face_is_seen() -> None:
    """Where two faces overlap the one with the smaller depth has the pixel, whatever their order."""
    for faces, near in (([NEAR, FAR], 0), ([FAR, NEAR], 1)):
        hits = rasterise(np.array(faces), 8, 8)
        at = dict(zip(hits.pixels.tolist(), hits.faces.tolist(), strict=True))
        assert at[6 * 8 + 1] == near and at[7 * 8 + 4] == near
        assert at[2 * 8 + 7] == 1 - near
        assert 0 * 8 + 4 not in at


def test_faces_seen_from_behind_are_left_out() -> None:
    """A face with its corners in the other order covers nothing."""
    assert len(rasterise(np.array([NEAR[::-1]]), 8, 8).pixels) == 0


def test_places_are_shares_of_the_corners() -> None:
    """The corners weighted by the places give the pixel's middle and its depth, cut off at the picture's edge."""
    corners = np.array([[[-3.0, 9.0, 1.0], [12.0, 7.0, 4.0], [2.0, -5.0, 2.0]]])
    hits = rasterise(corners, 8, 6)
    assert len(hits.pixels) > 20
    back = hits.places @ corners[0]
    np.testing.assert_allclose(back[:, 0], hits.pixels % 8 + 0.5, atol=1e-4)
    np.testing.assert_allclose(back[:, 1], hits.pixels // 8 + 0.5, atol=1e-4)
    np.testing.assert_allclose(back[:, 2], hits.depths, atol=1e-4)

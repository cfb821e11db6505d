import numpy as np

from solami.body.mannequin_body import bands, body, give


def test_one_closed_skin_from_neck_to_ankles() -> None:
    """The skin is closed, nearly symmetric, and no face lies on both sides of a band's edge."""
    vertices, faces, field = body()
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    assert {(b, a) for a, b in edges.tolist()} == set(map(tuple, edges.tolist()))
    assert abs(vertices[:, 0].mean()) < 0.002
    inside = field(vertices[faces].mean(axis=1)) > 0
    assert 0.1 < inside.mean() < 0.4


def test_bands_lie_at_the_joints() -> None:
    """Elbow, knee, waist and neck are dark; chest, thigh and forearm are not."""
    dark = np.array([[0.42, 0.40, -0.06], [-0.11, -0.47, 0.0], [0.0, 0.12, 0.07], [0.0, 0.53, -0.03]])
    light = np.array([[0.0, 0.33, 0.1], [0.1, -0.25, 0.0], [0.55, 0.39, -0.07]])
    assert (bands(dark) > 0).all() and (bands(light) < 0).all()


def test_skin_gives_more_at_the_shoulder_than_at_the_elbow() -> None:
    """Weights spread widely at the trunk and little along the limbs."""
    shoulder, elbow, knee = give(np.array([[0.16, 0.43, 0], [0.42, 0.38, 0], [0.1, -0.47, 0]]))
    assert shoulder > 2 * elbow and shoulder > 1.5 * knee

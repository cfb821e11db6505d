import numpy as np

from solami import skeleton
from solami.body.mannequin import mannequin, rest_positions


def test_body_has_a_persons_size() -> None:
    """Soles at the floor, 1.7 to 1.85 m tall, arms spread in the T-pose."""
    low, high = mannequin().vertices.min(axis=0), mannequin().vertices.max(axis=0)
    assert abs(low[1] + skeleton.PELVIS_HEIGHT_M) < 0.005
    assert 1.7 < high[1] - low[1] < 1.85
    assert 1.6 < high[0] - low[0] < 1.9


def test_skin_follows_near_bones() -> None:
    """Weights sum to one, and no vertex hangs from a bone far away."""
    mesh = mannequin()
    np.testing.assert_allclose(mesh.weights.sum(axis=1), 1, atol=1e-6)
    away = np.linalg.norm(mesh.vertices[:, None] - rest_positions()[mesh.joints], axis=-1)
    assert away[mesh.weights > 0.3].max() < 0.45


def test_every_finger_joint_moves_skin() -> None:
    """Each of the thirty finger joints carries vertices, so that hands can be seen moving."""
    mesh = mannequin()
    assert set(range(25, 55)) <= set(mesh.joints[mesh.weights > 0].tolist())

import numpy as np

from solami import skeleton
from solami.body.mannequin import MATERIALS, expressed, face_range, mannequin, rest_positions
from solami.body.mannequin_face import NEUTRAL, VISEMES


def test_body_has_a_persons_size() -> None:
    """Soles at the floor, 1.7 to 1.85 m tall, arms spread in the T-pose."""
    low, high = mannequin().vertices.min(axis=0), mannequin().vertices.max(axis=0)
    assert abs(low[1] + skeleton.PELVIS_HEIGHT_M) < 0.005
    assert 1.7 < high[1] - low[1] < 1.85
    assert 1.6 < high[0] - low[0] < 1.9


def test_the_mesh_is_light_enough_for_a_headset() -> None:
    """Between eight and sixteen thousand triangles, every material used, every vertex in some face."""
    mesh = mannequin()
    assert 8_000 < len(mesh.faces) < 16_000
    assert set(mesh.materials.tolist()) == set(range(len(MATERIALS)))
    assert len(np.unique(mesh.faces)) == len(mesh.vertices)


def test_skin_follows_near_bones() -> None:
    """Weights sum to one, the largest comes first, and no vertex hangs from a bone far away."""
    mesh = mannequin()
    np.testing.assert_allclose(mesh.weights.sum(axis=1), 1, atol=1e-6)
    away = np.linalg.norm(mesh.vertices[:, None] - rest_positions()[mesh.joints], axis=-1)
    assert away[mesh.weights > 0.3].max() < 0.45


def test_the_skin_is_smooth() -> None:
    """Along an edge of the body a joint's share changes little for its length: nothing tears when it bends."""
    mesh = mannequin()
    shares = np.zeros((len(mesh.vertices), 55), np.float32)
    np.add.at(shares, (np.arange(len(shares))[:, None], mesh.joints), mesh.weights)
    ends = mesh.faces[:, :2]
    change = np.abs(shares[ends[:, 0]] - shares[ends[:, 1]]).max(axis=1)
    assert change.max() < 0.8
    assert np.percentile(change, 99) < 0.5


def test_left_and_right_are_mirror_images() -> None:
    """Both hands and both feet have the same number of vertices on either side, at mirrored places."""
    vertices = mannequin().vertices
    for low, high in ((0.70, 1.0), (-1.0, -0.70)):
        side = vertices[(vertices[:, 0] > low) & (vertices[:, 0] < high)]
        assert len(side) > 500
    left, right = (vertices[sign * vertices[:, 0] > 0.70] * [sign, 1, 1] for sign in (1, -1))
    np.testing.assert_allclose(left.mean(axis=0), right.mean(axis=0), atol=1e-5)


def test_every_finger_joint_moves_skin() -> None:
    """Each of the thirty finger joints carries vertices, so that hands can be seen moving."""
    mesh = mannequin()
    assert set(range(25, 55)) <= set(mesh.joints[mesh.weights > 0].tolist())


def test_expressions_move_the_face_only() -> None:
    """The vertices that expressions move are those of eyes and mouth; the neutral face moves none of them."""
    part = mannequin().vertices[face_range()]
    assert np.abs(part[:, 0]).max() < 0.06 and part[:, 2].min() > 0.05
    assert expressed(VISEMES["aa"]).shape == part.shape
    assert not expressed(NEUTRAL).any() and np.abs(expressed(VISEMES["aa"])).max() > 0.005

import numpy as np

from solami.body.skin_weights import Bone, nearest_bone, neighbours, skin, strongest
from solami.body.surfaces import spheroid

VERTICES, FACES = spheroid(np.zeros(3), np.array([0.5, 0.1, 0.1]), rings=15)
BONES = [Bone(7, (-0.5, 0, 0), (0, 0, 0), 0.1), Bone(9, (0, 0, 0), (0.5, 0, 0), 0.1)]


def test_the_nearest_bone_is_nearest_in_radii() -> None:
    """Left of the middle is the first bone; a bone with a larger radius reaches further."""
    assert nearest_bone(np.array([[-0.1, 0.0, 0], [0.1, 0, 0]]), BONES).tolist() == [0, 1]
    wide = [Bone(7, (-0.5, 0, 0), (-0.2, 0, 0), 0.3), Bone(9, (0.2, 0, 0), (0.5, 0, 0), 0.1)]
    assert nearest_bone(np.array([[0.05, 0.0, 0]]), wide).tolist() == [0]


def test_weights_pass_over_smoothly_at_the_joint() -> None:
    """At the ends one bone has all, around the middle the share rises along the body, and all sum to one."""
    joints, weights = skin(VERTICES, FACES, BONES, rounds=6)
    share = np.where(joints == 9, weights, 0).sum(axis=1)
    np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-6)
    assert share[VERTICES[:, 0] > 0.4].min() > 0.98 and share[VERTICES[:, 0] < -0.4].max() < 0.02
    rings = [share[np.isclose(VERTICES[:, 0], x)].mean() for x in np.unique(np.round(VERTICES[:, 0], 9))]
    assert (np.diff(rings) > -0.02).all()
    assert sum(0.1 < r < 0.9 for r in rings) >= 4


def test_rigid_places_keep_one_bone() -> None:
    """Where nothing gives, every vertex follows one bone only."""
    _, weights = skin(VERTICES, FACES, BONES, rounds=6, give=0.0)
    assert (weights[:, 0] == 1).all()


def test_only_the_four_strongest_are_kept() -> None:
    """Of six shares the largest four remain, in order, summing to one; unused places repeat the first joint."""
    shares = np.array([[0.05, 0.3, 0.1, 0.25, 0.1, 0.2], [0, 1.0, 0, 0, 0, 0]])
    joints, weights = strongest(shares, np.arange(10, 16))
    assert joints[0].tolist()[:3] == [11, 13, 15] and joints[1].tolist() == [11] * 4
    np.testing.assert_allclose(weights.sum(axis=1), 1)
    assert (np.diff(weights, axis=1) <= 0).all()


def test_neighbours_are_those_of_the_edges() -> None:
    """In a square of two triangles the corners of the diagonal know three others, the rest two."""
    start, there = neighbours(np.array([[0, 1, 2], [0, 2, 3]]), 4)
    assert np.diff(np.append(start, len(there))).tolist() == [3, 2, 3, 2]
    assert there[: start[1]].tolist() == [1, 2, 3]

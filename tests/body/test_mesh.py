import numpy as np

from solami.body.geometry import axis_angle_to_quaternion
from solami.body.mesh import Mesh, Ring, bent, joined, tube

X, Y, Z = np.eye(3)


def _bar() -> Mesh:
    rings = [Ring((0.0, y, 0.0), 0.1, 0.1, {0: 1.0 - y, 1: y}) for y in (0.0, 0.5, 1.0)]
    return tube(rings, X, -Z, (1.0, 0.5, 0.0))


def test_tubes_face_outwards_whichever_way_they_run() -> None:
    """Normals point away from the axis, with the ring's directions in either order."""
    for mesh in (_bar(), tube([Ring((0.0, y, 0.0), 0.1, 0.1, {0: 1.0}) for y in (0.0, 1.0)], X, Z, (1.0, 1.0, 1.0))):
        side = (mesh.vertices[:, 1] > 0.1) & (mesh.vertices[:, 1] < 0.9)
        side |= np.linalg.norm(mesh.vertices[:, ::2], axis=1) > 0.09
        assert (np.sum(mesh.normals[side][:, ::2] * mesh.vertices[side][:, ::2], axis=1) > 0).all()


def test_resting_bones_bend_nothing() -> None:
    """With every joint at rest the mesh is unchanged."""
    mesh, rest = _bar(), np.array([[0.0, 0, 0], [0, 1, 0]])
    vertices, normals = bent(mesh, rest, np.tile([0.0, 0, 0, 1], (2, 1)), rest)
    np.testing.assert_allclose(vertices, mesh.vertices, atol=1e-6)
    assert np.sum(normals * mesh.normals, axis=1).max() > 0.999


def test_a_bone_carries_its_end() -> None:
    """Turning the second bone moves its own end with it and leaves the first bone's."""
    mesh, rest = _bar(), np.array([[0.0, 0, 0], [0, 1, 0]])
    turn = np.stack([np.array([0.0, 0, 0, 1]), axis_angle_to_quaternion(np.array([0, 0, np.pi / 2]))])
    vertices, _ = bent(mesh, rest, turn, rest)
    top, bottom = mesh.vertices[:, 1] > 1.0, mesh.vertices[:, 1] < 0.0
    np.testing.assert_allclose(vertices[bottom], mesh.vertices[bottom], atol=1e-6)
    assert (vertices[top, 0] < 0).all()


def test_joined_meshes_keep_their_faces() -> None:
    """The second mesh's faces point at its own vertices."""
    one = _bar()
    both = joined([one, one])
    np.testing.assert_array_equal(both.faces[len(one.faces) :] - len(one.vertices), one.faces)

import numpy as np

from solami.body.geometry import axis_angle_to_quaternion
from solami.body.mesh import Mesh, bent, joined, mirrored, vertex_normals
from solami.body.surfaces import spheroid

REST = np.array([[0.0, 0, 0], [0.3, 0, 0]])


def _egg() -> Mesh:
    """Long along x; its left end hangs from joint 1."""
    vertices, faces = spheroid(np.zeros(3), np.array([0.5, 0.1, 0.1]))
    share = np.clip(vertices[:, 0] / 0.4, 0, 1)
    weights = np.stack([1 - share, share, 0 * share, 0 * share], axis=1).astype(np.float32)
    joints = np.tile([0, 1, 0, 0], (len(vertices), 1))
    normals = vertex_normals(vertices, faces)
    return Mesh(vertices.astype(np.float32), normals, faces, np.zeros(len(faces), np.uint8), joints, weights)


def test_normals_point_outwards() -> None:
    """The normals of a closed surface around the origin point away from it."""
    mesh = _egg()
    assert (np.sum(mesh.normals * mesh.vertices, axis=1) > 0).all()


def test_resting_bones_bend_nothing() -> None:
    """With every joint at rest the mesh is unchanged."""
    mesh = _egg()
    vertices, normals = bent(mesh, REST, np.tile([0.0, 0, 0, 1], (2, 1)), REST)
    np.testing.assert_allclose(vertices, mesh.vertices, atol=1e-6)
    np.testing.assert_allclose(normals, mesh.normals, atol=1e-5)


def test_a_bone_carries_its_end() -> None:
    """Turning the second bone moves its own end with it and leaves the first bone's."""
    mesh = _egg()
    turn = np.stack([np.array([0.0, 0, 0, 1]), axis_angle_to_quaternion(np.array([0, 0, np.pi / 2]))])
    vertices, _ = bent(mesh, REST, turn, REST)
    np.testing.assert_allclose(vertices[mesh.vertices[:, 0] < 0], mesh.vertices[mesh.vertices[:, 0] < 0], atol=1e-6)
    np.testing.assert_allclose(vertices[np.argmax(mesh.vertices[:, 0])], [0.3, 0.2, 0], atol=1e-6)


def test_joined_meshes_keep_their_faces() -> None:
    """The second mesh's faces point at its own vertices."""
    one = _egg()
    both = joined([one, one])
    np.testing.assert_array_equal(both.faces[len(one.faces) :] - len(one.vertices), one.faces)


def test_a_mirror_image_still_faces_outwards() -> None:
    """Mirroring swaps the sides and their joints, and its own normals agree with its faces."""
    image = mirrored(_egg(), (1, 0))
    np.testing.assert_allclose(image.normals, vertex_normals(image.vertices, image.faces), atol=1e-5)
    assert image.joints[np.argmin(image.vertices[:, 0]), 1] == 0

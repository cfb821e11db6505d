import numpy as np

from solami import skeleton
from solami.body.gltf import Packer, bone_nodes, mannequin_meshes, mannequin_skin, materials
from solami.body.mannequin import MATERIALS, mannequin
from solami.body.rest import rest_positions


def test_arrays_are_aligned_and_bounded() -> None:
    """Views start on four bytes; the accessor knows type, count, least and greatest."""
    packer = Packer()
    packer.add(np.array([1, 2, 3], np.uint16))
    number = packer.add(np.array([[0, 5, 1], [2, -1, 1]], np.float32), bounds=True)
    accessor = packer.accessors[number]
    assert packer.views[1].byteOffset == 8
    assert (accessor.type, accessor.count, accessor.min, accessor.max) == ("VEC3", 2, [0, -1, 1], [2, 5, 1])


def test_bind_matrices_undo_the_rest_pose() -> None:
    """Each bone's rest transform times its inverse bind matrix leaves only the pelvis height, as the mesh needs."""
    packer, nodes = Packer(), bone_nodes()
    skin = mannequin_skin(packer)
    matrices = np.frombuffer(bytes(packer.data), np.float32).reshape(55, 4, 4).transpose(0, 2, 1)
    world = np.zeros((55, 3))
    for i, parent in enumerate(skeleton.PARENTS):
        world[i] = np.array(nodes[i].translation) + (world[parent] if parent >= 0 else 0)
    np.testing.assert_allclose(
        world + matrices[:, :3, 3], np.tile([0, skeleton.PELVIS_HEIGHT_M, 0], (55, 1)), atol=1e-6
    )
    np.testing.assert_allclose(world[:, 1] - skeleton.PELVIS_HEIGHT_M, rest_positions()[:, 1], atol=1e-6)
    assert skin.joints == list(range(55))


def test_meshes_hold_every_face_once() -> None:
    """Body and face together have as many corners as the mannequin, each index within its vertices."""
    packer = Packer()
    corners = 0
    for mesh in mannequin_meshes(packer):
        for primitive in mesh.primitives:
            accessor = packer.accessors[primitive.indices]
            view = packer.views[accessor.bufferView]
            values = np.frombuffer(packer.data[view.byteOffset :][: view.byteLength], np.uint16)
            assert values.max() < packer.accessors[primitive.attributes.POSITION].count
            corners += accessor.count
    assert corners == 3 * len(mannequin().faces)
    assert [m.name for m in materials()] == [m.name for m in MATERIALS]

import numpy as np
import pytest

from solami.body.body_model import write_body_model
from solami.body.kinematics import forward_kinematics
from solami.body.mannequin import mannequin, rest_positions
from solami.body.mesh import bent
from solami.evaluation.body_model import body_surface, load_body_model
from solami.frames import MotionChunk


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> object:
    path = tmp_path_factory.mktemp("model") / "SMPLX_NEUTRAL.npz"
    write_body_model(path)
    return load_body_model(path)


def _poses(count: int) -> MotionChunk:
    rng = np.random.default_rng(0)
    rotations = np.tile([0.0, 0, 0, 1], (count, 55, 1)) + 0.3 * rng.standard_normal((count, 55, 4))
    rotations /= np.linalg.norm(rotations, axis=-1, keepdims=True)
    return MotionChunk(rotations.astype(np.float32), rng.standard_normal((count, 3)).astype(np.float32))


def test_smplx_agrees_with_our_kinematics(model: object) -> None:
    """For random poses, the joints of the smplx package are ours within a tenth of a millimetre."""
    motion = _poses(4)
    joints, vertices = body_surface(model, motion)
    rotations, positions = forward_kinematics(
        motion.rotations.astype(np.float64), motion.translation.astype(np.float64)
    )
    np.testing.assert_allclose(joints, positions, atol=1e-4)
    skin, _ = bent(mannequin(), rest_positions(), rotations[0], positions[0])
    low, high = vertices[0].min(axis=0), vertices[0].max(axis=0)
    np.testing.assert_allclose([low, high], [skin.min(axis=0), skin.max(axis=0)], atol=1e-3)


def test_it_is_the_model_that_smplx_makes_of_licensed_files(model: object) -> None:
    """The module is SMPL-X with its 10475 vertices, 300 shape and 100 expression directions at hand."""
    assert model.name() == "SMPL-X" and model.get_num_verts() == 10475
    assert model.num_betas == 10 and model.num_expression_coeffs == 10
    assert model.parents[0] == -1

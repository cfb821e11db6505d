from pathlib import Path

import numpy as np
import pytest

from solami import skeleton
from solami.body.body_model import NUM_VERTICES, body_model, vertex_slots, write_body_model
from solami.body.mannequin import mannequin
from solami.body.model_files import read_body_model
from solami.body.rest import rest_positions
from solami.errors import InputError


@pytest.fixture(scope="module")
def arrays() -> dict[str, np.ndarray]:
    return body_model()


def test_the_regressor_finds_the_joints(arrays: dict[str, np.ndarray]) -> None:
    """Joints regressed from the template, and from a taller one, are the rest skeleton's, as much taller."""
    joints = arrays["J_regressor"] @ arrays["v_template"]
    np.testing.assert_allclose(joints, rest_positions(), atol=1e-6)
    taller = arrays["v_template"] + 2 * arrays["shapedirs"][..., 0]
    np.testing.assert_allclose(arrays["J_regressor"] @ taller, 1.06 * rest_positions(), atol=1e-5)


def test_expressions_move_no_joint(arrays: dict[str, np.ndarray]) -> None:
    """Opening the mouth moves the face's vertices and leaves the skeleton where it is."""
    move = arrays["shapedirs"][..., 300]
    assert np.abs(move).max() > 0.005
    assert np.abs(arrays["J_regressor"] @ move).max() < 1e-6


def test_every_vertex_has_a_number(arrays: dict[str, np.ndarray]) -> None:
    """All of the mannequin's vertices are among the 10475, and the faces are its faces."""
    assert len(arrays["v_template"]) == NUM_VERTICES
    assert set(vertex_slots().tolist()) == set(range(len(mannequin().vertices)))
    corners = arrays["v_template"][arrays["f"].astype(int)]
    np.testing.assert_allclose(corners, mannequin().vertices[mannequin().faces], atol=1e-6)
    np.testing.assert_allclose(arrays["weights"].sum(axis=1), 1, atol=1e-5)


def test_landmarks_lie_where_smplx_looks_for_them(arrays: dict[str, np.ndarray]) -> None:
    """The left index fingertip, right heel, nose and left eye are at smplx's vertex numbers."""
    at = arrays["v_template"]
    assert np.linalg.norm(at[4933] - rest_positions()[skeleton.INDEX["left_index3"]]) < 0.045
    assert at[4933, 0] > 0.84
    assert at[8635, 0] < 0 and at[8635, 1] < -0.9 and at[8635, 2] < -0.1
    assert abs(at[9120, 0]) < 0.02 and at[9120, 2] > 0.08
    assert np.linalg.norm(at[9448] - [0.0272, 0.684, 0.1]) < 0.02


def test_the_file_is_read_like_any_other(tmp_path: Path) -> None:
    """The written file passes the checks for body models, and takes little room; another name is refused."""
    write_body_model(tmp_path / "SMPLX_NEUTRAL.npz")
    read_body_model(tmp_path / "SMPLX_NEUTRAL.npz")
    assert (tmp_path / "SMPLX_NEUTRAL.npz").stat().st_size < 2_000_000
    with pytest.raises(InputError, match=r"SMPLX_NEUTRAL\.npz"):
        write_body_model(tmp_path / "mannequin.npz")

import pickle
from pathlib import Path

import numpy as np
import pytest

from solami.body.body_model import body_model
from solami.body.model_files import SHAPES, clean_body_model, read_body_model
from solami.errors import InputError


@pytest.fixture(scope="module")
def arrays() -> dict[str, np.ndarray]:
    """The mannequin's, with its zeros in as little room as the format allows, so that files are written fast."""
    made = body_model()
    directions = np.zeros((*made["v_template"].shape, 20), np.int8)
    return {**made, "posedirs": np.zeros(made["posedirs"].shape, np.int8), "shapedirs": directions}


def _written(path: Path, arrays: dict[str, np.ndarray], **changed: np.ndarray) -> Path:
    np.savez_compressed(path, **{**arrays, **changed})
    return path


class _Trap:
    """Unpickling it would write a file: proof that nothing is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple:
        return Path.touch, (self.path,)


def test_published_files_hold_objects_that_are_never_read(tmp_path: Path, arrays: dict[str, np.ndarray]) -> None:
    """A file with pickled extras gives a clean copy of its numeric arrays only, and the extras are not unpickled."""
    trap = np.array([_Trap(tmp_path / "sprung")], dtype=object)
    source = _written(tmp_path / "SMPLX_FEMALE.npz", arrays, joint2num=trap, part2num=trap)
    clean = clean_body_model(source, tmp_path / "clean")
    assert clean.name == "SMPLX_FEMALE.npz" and not (tmp_path / "sprung").exists()
    with np.load(clean, allow_pickle=False) as file:
        assert set(file.files) == set(SHAPES)
        np.testing.assert_array_equal(file["v_template"], arrays["v_template"])


def test_a_needed_array_of_objects_is_refused(tmp_path: Path, arrays: dict[str, np.ndarray]) -> None:
    """A needed array that would have to be unpickled is an error, and is not."""
    trap = np.array([_Trap(tmp_path / "sprung")], dtype=object)
    with pytest.raises(InputError, match="numeric"):
        read_body_model(_written(tmp_path / "SMPLX_NEUTRAL.npz", {**arrays, "weights": trap}))
    assert not (tmp_path / "sprung").exists()


def test_pickles_are_refused(tmp_path: Path) -> None:
    """A .pkl is not opened; the message says which file to get."""
    path = tmp_path / "SMPLX_NEUTRAL.pkl"
    path.write_bytes(pickle.dumps(_Trap(tmp_path / "sprung")))
    with pytest.raises(InputError, match=r"download the \.npz"):
        read_body_model(path)
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("weights", np.zeros((10475, 24)), "weights is"),
        ("v_template", np.full((10475, 3), np.nan), "finite"),
        ("f", np.array([[0, 1, 99999]]), "outside"),
        ("kintree_table", np.zeros((2, 55), int), "skeleton"),
    ],
)
def test_files_that_do_not_fit_are_refused(
    tmp_path: Path, arrays: dict[str, np.ndarray], name: str, value: np.ndarray, words: str
) -> None:
    """Another skeleton, another shape or holes in the numbers are errors that name the array."""
    with pytest.raises(InputError, match=words):
        read_body_model(_written(tmp_path / "SMPLX_NEUTRAL.npz", {**arrays, name: value}))


def test_missing_arrays_and_broken_files_are_named(tmp_path: Path) -> None:
    """What is missing is listed; a file that is no archive is an error of ours."""
    with pytest.raises(InputError, match="J_regressor"):
        read_body_model(_written(tmp_path / "a.npz", {"v_template": np.zeros((10475, 3))}))
    (tmp_path / "b.npz").write_bytes(b"nothing")
    with pytest.raises(InputError, match="cannot be read"):
        read_body_model(tmp_path / "b.npz")

"""Body model files in SMPL-X's npz format: which arrays one holds, and how a file is read without pickle.

Published files also hold Python objects, and the smplx package loads files with pickle allowed. So no file goes to it
as it came: the numeric arrays it needs are copied, by name and with pickle forbidden, into a clean file first.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solami import skeleton
from solami.body.npz import BROKEN_ARCHIVE
from solami.errors import InputError

_J = len(skeleton.JOINTS)
_POSE_BASIS = 9 * (_J - 1)
# what smplx.SMPLX reads; None: any length, "V": the number of vertices
SHAPES: dict[str, tuple[int | str | None, ...]] = {
    "v_template": ("V", 3),
    "f": (None, 3),
    "weights": ("V", _J),
    "J_regressor": (_J, "V"),
    "kintree_table": (2, _J),
    "posedirs": ("V", 3, _POSE_BASIS),
    "shapedirs": ("V", 3, None),
    "hands_componentsl": (45, 45),
    "hands_componentsr": (45, 45),
    "hands_meanl": (45,),
    "hands_meanr": (45,),
    "lmk_faces_idx": (51,),
    "lmk_bary_coords": (51, 3),
    "dynamic_lmk_faces_idx": (79, 17),
    "dynamic_lmk_bary_coords": (79, 17, 3),
}
_LEAST_VERTICES = 9930  # smplx picks fingertips, eyes and heels by fixed numbers, the last of them 9929


def read_body_model(path: Path) -> dict[str, NDArray[Any]]:
    """The numeric arrays of a body model file, checked.

    Raises:
        InputError: not an npz (a .pkl is refused: reading one runs code), an array missing, misshapen, not numeric
            or not finite, another skeleton, or too few vertices.
    """
    if path.suffix.lower() != ".npz":
        why = "reading one runs code that is in it; download the .npz" if path.suffix.lower() == ".pkl" else "not known"
        raise InputError(f"{path}: got a {path.suffix or 'file without ending'}, expected SMPL-X's .npz ({why})")
    try:
        with np.load(path, allow_pickle=False) as file:
            missing = [name for name in SHAPES if name not in file.files]
            if missing:
                raise InputError(f"{path}: got no {', '.join(missing)}; expected a SMPL-X body model")
            arrays = {name: file[name] for name in SHAPES}
    except (OSError, *BROKEN_ARCHIVE) as error:
        raise InputError(f"{path}: cannot be read as numeric arrays ({error}); expected a SMPL-X .npz") from error
    _check(path, arrays)
    return arrays


def clean_body_model(source: Path, folder: Path) -> Path:
    """Copy what is needed of a body model file into `folder`, under a name that the smplx package understands.

    Raises:
        InputError: as `read_body_model`.
    """
    arrays = read_body_model(source)
    stem = source.stem.upper()
    gender = next((g for g in ("FEMALE", "MALE") if stem.endswith(f"_{g}")), "NEUTRAL")
    target = folder / f"SMPLX_{gender}.npz"
    folder.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type] # numpy's stub takes the flag of savez for an array
    return target


def _check(path: Path, arrays: dict[str, NDArray[Any]]) -> None:
    vertices = len(arrays["v_template"])
    for name, shape in SHAPES.items():
        wanted = tuple(vertices if n == "V" else n for n in shape)
        got = arrays[name].shape
        if len(got) != len(wanted) or any(w not in (None, g) for g, w in zip(got, wanted, strict=True)):
            raise InputError(f"{path}: {name} is {list(got)}, expected {list(wanted)}")
        if not (np.issubdtype(arrays[name].dtype, np.number) and np.isfinite(arrays[name]).all()):
            raise InputError(f"{path}: {name} ({arrays[name].dtype}) is not finite numbers")
    if vertices < _LEAST_VERTICES:
        raise InputError(f"{path}: got {vertices} vertices, expected at least {_LEAST_VERTICES}")
    if not 0 <= arrays["f"].min() <= arrays["f"].max() < vertices:
        raise InputError(f"{path}: f names vertices outside 0..{vertices - 1}")
    if arrays["kintree_table"][0, 1:].tolist() != list(skeleton.PARENTS[1:]):
        raise InputError(f"{path}: kintree_table is not SMPL-X's skeleton of {_J} joints")

"""The mannequin as a body model file in SMPL-X's format: template, skin weights, joint regressor, landmarks.

The smplx package loads it exactly as a licensed file. Vertex numbers mean what they mean there: fingertips, heels and
eyes lie where smplx looks for them. The mannequin has fewer vertices than SMPL-X's 10475: unused numbers repeat others.
Pose blend shapes are zero. Two shape directions and ten expressions are not, so that fitting code has what to fit.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solami import skeleton
from solami.body.geometry import Array
from solami.body.mannequin import expressed, face_range, mannequin
from solami.body.mannequin_face import VISEMES, VRM_EXPRESSIONS
from solami.body.model_files import SHAPES
from solami.body.rest import rest_positions
from solami.errors import InputError

NUM_VERTICES = 10475
EXPRESSIONS = ("aa", "E", "ih", "oh", "ou", "blink", "blinkLeft", "blinkRight", "happy", "sad")  # of 1.0 each
_NUM_BETAS, _NUM_EXPRESSIONS = 300, 100  # of the published files; smplx warns of any fewer
_STATURE, _GIRTH_M = 0.03, 0.006  # of one unit of the first and the second shape direction
_LANDMARKS = {  # smplx's vertex number -> where on the mannequin; the other side is mirrored
    9120: (0.0, 0.662, 0.12), 9448: (0.0272, 0.684, 0.12), 9929: (-0.0272, 0.684, 0.12),
    6: (0.095, 0.676, -0.008), 616: (-0.095, 0.676, -0.008),
    5770: (0.135, -0.93, 0.14), 5780: (0.185, -0.93, 0.09), 8846: (0.06, -0.93, -0.13),
    8463: (-0.135, -0.93, 0.14), 8474: (-0.185, -0.93, 0.09), 8635: (-0.06, -0.93, -0.13),
}  # fmt: skip
_TIPS = {"left": (5361, 4933, 5058, 5169, 5286), "right": (8079, 7669, 7794, 7905, 8022)}
_FINGERS = ("thumb", "index", "middle", "ring", "pinky")


def write_body_model(path: Path) -> None:
    """Write the mannequin as a SMPL-X body model.

    Raises:
        InputError: the name is not SMPLX_<something>.npz, from which smplx tells the kind of model.
    """
    if not (path.name.startswith("SMPLX_") and path.suffix == ".npz"):
        raise InputError(f"{path}: got the name {path.name}, expected SMPLX_NEUTRAL.npz: smplx reads the kind from it")
    with path.open("wb") as file:
        np.savez_compressed(file, **body_model())  # type: ignore[arg-type] # numpy's stub takes a flag for an array


def body_model() -> dict[str, NDArray[Any]]:
    """The arrays of the file; `model_files.SHAPES` lists them."""
    mesh, slots = mannequin(), vertex_slots()
    vertices = mesh.vertices.astype(np.float64)
    number = np.zeros(len(vertices), np.int64)
    number[slots[::-1]] = np.arange(NUM_VERTICES)[::-1]  # the first slot of every vertex
    weights = np.zeros((len(vertices), len(skeleton.JOINTS)))
    np.add.at(weights, (np.arange(len(vertices))[:, None], mesh.joints), mesh.weights)
    regressor = np.zeros((len(skeleton.JOINTS), NUM_VERTICES))
    regressor[:, number] = _regressor(vertices)
    marks = _face_marks(mesh.faces)
    arrays: dict[str, NDArray[Any]] = {
        "v_template": vertices[slots],
        "f": number[mesh.faces].astype(np.uint32),
        "weights": weights[slots],
        "J_regressor": regressor,
        "kintree_table": np.stack([np.array(skeleton.PARENTS) % 2**32, np.arange(len(skeleton.JOINTS))]),
        "posedirs": np.zeros((NUM_VERTICES, 3, 9 * (len(skeleton.JOINTS) - 1)), np.float32),
        "shapedirs": _directions()[slots],
        **{f"hands_components{side}": np.eye(45) for side in "lr"},
        **{f"hands_mean{side}": np.zeros(45) for side in "lr"},
        "lmk_faces_idx": marks[:51],
        "lmk_bary_coords": np.tile([1.0, 0.0, 0.0], (51, 1)),
        "dynamic_lmk_faces_idx": np.tile(marks[51:68], (79, 1)),
        "dynamic_lmk_bary_coords": np.tile([1.0, 0.0, 0.0], (79, 17, 1)),
    }
    assert set(arrays) == set(SHAPES)
    return arrays


def vertex_slots() -> NDArray[np.int64]:
    """Which of the mannequin's vertices stands under each of SMPL-X's 10475 numbers."""
    vertices = mannequin().vertices.astype(np.float64)
    free = np.ones(len(vertices), bool)
    slots = np.full(NUM_VERTICES, -1, np.int64)
    for number, place in {**_LANDMARKS, **_tips()}.items():
        away = np.linalg.norm(vertices - np.array(place), axis=1)
        slots[number] = int(np.argmin(np.where(free, away, np.inf)))
        free[slots[number]] = False
    open_slots, rest = np.flatnonzero(slots < 0), np.flatnonzero(free)
    slots[open_slots] = np.resize(rest, len(open_slots))
    return slots


def _tips() -> dict[int, Array]:
    """Places beyond the fingertips, from which the nearest vertex is the tip."""
    places = {}
    for side, numbers in _TIPS.items():
        for finger, number in zip(_FINGERS, numbers, strict=True):
            last, before = (rest_positions()[skeleton.INDEX[f"{side}_{finger}{i}"]] for i in (3, 2))
            places[number] = last + 2.0 * (last - before)
    return places


def _regressor(vertices: Array) -> Array:
    """Shares [55, V] of skin around each joint whose mean, so weighted, is the joint: the most even such shares.

    The face's moving parts have no share, so that expressions leave the skeleton alone.
    """
    shares = np.zeros((len(skeleton.JOINTS), len(vertices)))
    skin = np.arange(face_range().start)
    for i, joint in enumerate(rest_positions()):
        near = skin[np.argsort(np.linalg.norm(vertices[skin] - joint, axis=1), kind="stable")[:120]]
        equations = np.vstack([vertices[near].T, np.ones(len(near))])
        even = np.full(len(near), 1 / len(near))
        off = np.append(joint, 1.0) - equations @ even
        shares[i, near] = even + np.linalg.lstsq(equations, off, rcond=None)[0]
    return shares


def _directions() -> NDArray[np.float32]:
    """Shape and expression directions [V, 3, 400]: stature, girth, and the face's expressions from 300 on."""
    mesh = mannequin()
    directions = np.zeros((len(mesh.vertices), 3, _NUM_BETAS + _NUM_EXPRESSIONS), np.float32)
    directions[..., 0] = _STATURE * mesh.vertices
    trunk = (mesh.joints[:, 0] < skeleton.NUM_BODY_JOINTS) & (mesh.joints[:, 0] != skeleton.INDEX["head"])
    directions[..., 1] = _GIRTH_M * mesh.normals * trunk[:, None]
    faces = {**VISEMES, **VRM_EXPRESSIONS}
    for i, name in enumerate(EXPRESSIONS):
        directions[face_range(), :, _NUM_BETAS + i] = expressed(faces[name])
    return directions


def _face_marks(faces: NDArray[np.int64]) -> NDArray[np.int64]:
    """Faces whose first corner is a landmark: 51 of brows, nose, eyes and mouth, then 17 along the jaw."""
    curve = np.linspace(-1, 1, 17)
    brows = [(0.042 * s, 0.706) for s in np.linspace(-1, 1, 10)]
    nose = [(0.0, y) for y in np.linspace(0.69, 0.665, 4)] + [(0.012 * s, 0.658) for s in np.linspace(-1, 1, 5)]
    ring = np.linspace(0, 2 * np.pi, 6, endpoint=False)
    eyes = [(s * 0.0272 - 0.0095 * np.cos(a), 0.684 + 0.013 * np.sin(a)) for s in (-1, 1) for a in ring]
    lips = [(-r * np.cos(a), 0.634 + 0.3 * r * np.sin(a)) for r, n in ((0.022, 12), (0.018, 8)) for a in _around(n)]
    jaw = [(0.066 * s, 0.605 + 0.07 * s * s) for s in curve]
    targets = np.array([(x, y, 0.11) for x, y in (*brows, *nose, *eyes, *lips)] + [(x, y, 0.06) for x, y in jaw])
    corners = mannequin().vertices[faces[:, 0]]
    away = np.linalg.norm(corners[None] - targets[:, None].astype(np.float32), axis=2)
    return np.argmin(away, axis=1)


def _around(count: int) -> Array:
    return np.linspace(0, 2 * np.pi, count, endpoint=False)

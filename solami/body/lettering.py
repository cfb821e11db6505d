"""Small letters for pictures: figures and the few letters that captions need, three by five dots. Knows no fonts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solami.body.geometry import Array

_ROWS = {  # each figure is a row of dots: 4 left, 2 middle, 1 right
    **dict(
        zip(
            "0123456789",
            ("75557", "26227", "71747", "71717", "55711", "74717", "74757", "71111", "75757", "75717"),
            strict=True,
        )
    ),
    **{".": "00002", "s": "03617", "f": "34644", "r": "06544", "o": "07557", "n": "06555", "t": "47443", "i": "20222"},
    **{"d": "11757", "e": "07743", "c": "07447", "u": "05557", " ": "00000", "a": "03557", "b": "44757", "l": "22222"},
    **{"v": "05552", "w": "05577", "h": "44755", "m": "07755", "p": "07574", "g": "07571", "y": "05571", "k": "45655"},
}


def write_text(image: Array, text: str, row: int, column: int, ink: Array, dot: int = 2) -> None:
    """Write into pixels [H, W, 3]; what lies outside is left out, letters unknown are blank."""
    for letter in text:
        dots = np.kron(_glyph(_ROWS.get(letter, "00000")), np.ones((dot, dot), bool))
        patch = image[max(row, 0) : row + 5 * dot, max(column, 0) : column + 3 * dot]
        patch[dots[: patch.shape[0], : patch.shape[1]]] = ink
        column += 4 * dot


def _glyph(rows: str) -> NDArray[np.bool_]:
    return np.array([[bool(int(r) & bit) for bit in (4, 2, 1)] for r in rows])

"""The mannequin's face: a dark plate with lit eyes and a mouth, drawn from a few numbers, so that it can speak.

An expression is a set of these numbers. Every expression has the same vertices in the same order; its difference from
the neutral face is a morph target. Visemes: the fifteen of https://developers.meta.com (Oculus LipSync) and the five
mouths of VRM 1.0.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from solami.body.fields import Field
from solami.body.geometry import Array
from solami.body.mannequin_head import front, head_field
from solami.body.mesh import Faces

_PLATE_M = (0.0, 0.676, 0.0615, 0.0745)  # middle x, y, half width, half height
_EYE_M = (0.0272, 0.684, 0.0095, 0.0150)
_MOUTH_M = (0.634, 0.0200, 0.0017)  # height, half width, half the line's thickness
_OPEN_M = 0.0150  # half the height of a mouth wide open
_SIDES, _EYE_SIDES, _MOUTH_SIDES = 40, 20, 32


@dataclass(frozen=True, slots=True)
class Expression:
    """What the face does; the defaults are the neutral face."""

    width: float = 1.0  # of the mouth
    open: float = 0.0  # 1: wide open
    lift: float = 0.22  # of the corners; 1 smiles, -1 mourns
    pout: float = 0.0  # thickness of the lips: -0.5 pressed, 1 full
    left_lid: float = 0.0  # 1: closed
    right_lid: float = 0.0
    cheek: float = 0.0  # lower lids raised in an arc
    slant: float = 0.0  # upper lids lowered inwards (1, angry) or outwards (-1, sad)
    wide: float = 0.0  # eyes larger


NEUTRAL = Expression()
VISEMES: dict[str, Expression] = {
    "sil": NEUTRAL,
    "PP": Expression(width=0.86, pout=-0.45, lift=0.1),
    "FF": Expression(width=0.95, open=0.10, pout=-0.2),
    "TH": Expression(width=0.92, open=0.24),
    "DD": Expression(width=0.96, open=0.30),
    "kk": Expression(width=0.92, open=0.36),
    "CH": Expression(width=0.62, open=0.34, pout=0.8),
    "SS": Expression(width=1.10, open=0.14),
    "nn": Expression(width=0.94, open=0.22),
    "RR": Expression(width=0.66, open=0.30, pout=0.5),
    "aa": Expression(width=0.95, open=1.0),
    "E": Expression(width=1.14, open=0.52),
    "ih": Expression(width=1.06, open=0.40),
    "oh": Expression(width=0.64, open=0.78, pout=0.6),
    "ou": Expression(width=0.44, open=0.44, pout=1.0),
}
VRM_EXPRESSIONS: dict[str, Expression] = {
    "aa": VISEMES["aa"],
    "ih": VISEMES["ih"],
    "ou": VISEMES["ou"],
    "ee": VISEMES["E"],
    "oh": VISEMES["oh"],
    "blink": Expression(left_lid=1.0, right_lid=1.0),
    "blinkLeft": Expression(left_lid=1.0),
    "blinkRight": Expression(right_lid=1.0),
    "happy": Expression(lift=1.0, width=1.25, cheek=0.8),
    "sad": Expression(lift=-0.8, width=0.9, slant=-0.8),
    "angry": Expression(lift=-0.5, slant=1.0, width=0.9),
    "relaxed": Expression(lift=0.7, left_lid=0.35, right_lid=0.35),
    "surprised": Expression(width=0.55, open=0.6, wide=1.0, pout=0.4),
}


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """One piece of the face."""

    vertices: Array  # [V, 3]
    faces: Faces  # [F, 3]


@lru_cache(maxsize=64)
def face(expression: Expression = NEUTRAL) -> dict[str, Patch]:
    """Plate, left_eye, right_eye, lips and throat of a face, in the rest pose, pelvis at the origin."""
    field = head_field()
    lids = {"left": (1.0, expression.left_lid), "right": (-1.0, expression.right_lid)}
    eyes = {f"{name}_eye": _eye(field, side, expression, lid) for name, (side, lid) in lids.items()}
    return {"plate": _plate(field), **eyes, **_mouth(field, expression)}


def _plate(field: Field) -> Patch:
    """An upright oval that follows the head, a little above it, its rim sunk into the head."""
    x, y, wide, high = _PLATE_M
    angle = np.arange(_SIDES) * 2 * np.pi / _SIDES
    u, v = (np.sign(f(angle)) * np.abs(f(angle)) ** 0.80 for f in (np.cos, np.sin))
    narrow = 1 - 0.16 * np.clip(-v, 0, 1) ** 2  # towards the chin
    rows = [(0.0, 0.0026), (0.35, 0.0026), (0.7, 0.0026), (0.95, 0.0020), (1.0, 0.0006), (1.02, -0.004)]
    return _disc(field, x + wide * u * narrow, y + high * v, (x, y), rows)


def _eye(field: Field, side: float, expression: Expression, lid: float) -> Patch:
    x, y, wide, high = _EYE_M
    grown = 1 + 0.22 * expression.wide
    angle = np.arange(_EYE_SIDES) * 2 * np.pi / _EYE_SIDES
    u, v = (np.sign(f(angle)) * np.abs(f(angle)) ** 0.85 for f in (np.cos, np.sin))
    inwards = -u if side > 0 else u
    upper = np.clip(v, 0, 1) * (1 - 0.75 * np.clip(expression.slant * inwards, 0, 1) - 0.12 * abs(expression.slant))
    lower = np.clip(v, -1, 0) * (1 - 1.25 * expression.cheek)
    arc = 0.45 * expression.cheek * (0.5 - u * u)
    height = high * grown * ((upper + lower + arc) * (1 - lid) + 0.10 * v * lid)
    rows = [(0.0, 0.0042), (0.6, 0.0041), (1.0, 0.0030)]
    middle = (side * x, y + float(height.mean()))
    return _disc(field, side * x + u * wide * grown * (1 + 0.15 * lid), y + height, middle, rows)


def _mouth(field: Field, expression: Expression) -> dict[str, Patch]:
    """A band of light around the opening, and the dark inside of the opening."""
    height, wide, thick = _MOUTH_M
    angle = np.arange(_MOUTH_SIDES) * 2 * np.pi / _MOUTH_SIDES
    u, v = np.cos(angle), np.sin(angle)
    half = wide * expression.width
    opening = _OPEN_M * expression.open
    base = height - 0.35 * opening + 0.012 * expression.lift * (np.abs(u) ** 1.8 - 0.35)
    line = thick * (1 + 0.5 * expression.pout)
    inner = np.stack([half * u, base + opening * np.sign(v) * np.abs(v) ** 0.85], axis=1)
    outward = np.stack([u, v], axis=1)
    rows = [inner, inner + outward * line, inner + outward * 2 * line]
    lips = np.concatenate(
        [front(field, row) + np.array([0, 0, z]) for row, z in zip(rows, (0.0036, 0.0046, 0.0036), strict=True)]
    )
    middle = (0.0, float(base.mean()))
    throat = _disc(field, inner[:, 0], inner[:, 1], middle, [(0.0, 0.0030), (0.6, 0.0030), (1.0, 0.0032)])
    return {"lips": Patch(lips, _rows(3, _MOUTH_SIDES)), "throat": throat}


def _disc(field: Field, x: Array, y: Array, middle: tuple[float, float], rows: list[tuple[float, float]]) -> Patch:
    """A patch over an outline, counter-clockwise from the front: rows of share of the outline and height over it."""
    centre = np.array(middle)
    outline = np.stack([x, y], axis=1)
    places = [centre + share * (outline - centre) for share, _ in rows[1:]]
    points = front(field, np.concatenate([centre[None], *places]))
    points[:, 2] += np.concatenate([[rows[0][1]], np.repeat([z for _, z in rows[1:]], len(x))])
    j = np.arange(len(x))
    fan = np.stack([np.zeros(len(x), np.int64), 1 + j, 1 + (j + 1) % len(x)], axis=1)
    return Patch(points, np.concatenate([fan, 1 + _rows(len(rows) - 1, len(x))]))


def _rows(rows: int, sides: int) -> Faces:
    """Faces between rings, the later ring further out, counter-clockwise from the front."""
    i, j = (a.reshape(-1) for a in np.meshgrid(np.arange(rows - 1), np.arange(sides), indexing="ij"))
    a, b = i * sides + j, i * sides + (j + 1) % sides
    return np.concatenate([np.stack([a, a + sides, b], 1), np.stack([b, a + sides, b + sides], 1)])

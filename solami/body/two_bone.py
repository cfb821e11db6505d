"""Inverse kinematics of two bones, such as an arm: the end goes to a target, the middle keeps its side. Numpy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from solami.body.geometry import Array, multiply, normalise, rotate

STRETCH = 0.9995  # of a limb's length at most: a straight limb has no side to bend to
_CLEARLY_BENT_M, _SLIGHTLY_M = 0.01, 1e-3  # a hint decides only where the limb itself says little


@dataclass(frozen=True, slots=True, eq=False)
class Limb:
    """World positions [..., 3] of root, middle and end, and world rotations [..., 4] of the upper and lower bone."""

    root: Array
    middle: Array
    end: Array
    upper: Array
    lower: Array


def reach(limb: Limb, target: Array, hint: Array) -> tuple[Array, Array]:
    """World rotations [..., 4] of the upper and lower bone that bring the end to `target` [..., 3], or towards it.

    The middle joint stays in its plane, turned with the limb; nothing else twists. A straight limb bends to `hint`
    [..., 3].
    """
    first, second = (_length(limb.middle - limb.root), _length(limb.end - limb.middle))
    to_target = target - limb.root
    distance = np.clip(_length(to_target), np.abs(first - second) + 1e-4, STRETCH * (first + second))
    direction = normalise(to_target)
    swing = between(limb.end - limb.root, to_target)
    bend = _aside(rotate(swing, limb.middle - limb.root), direction)
    unsure = np.clip(1 - _length(bend) / _CLEARLY_BENT_M, 0, 1)
    bend = bend + unsure * _aside(_SLIGHTLY_M * rotate(swing, hint), direction)
    along = (first**2 - second**2 + distance**2) / (2 * distance)
    aside = np.sqrt(np.maximum(first**2 - along**2, 0.0))
    middle = along * direction + aside * normalise(bend)  # from the root
    upper_turn = multiply(between(rotate(swing, limb.middle - limb.root), middle), swing)
    carried = rotate(upper_turn, limb.end - limb.middle)
    lower_turn = multiply(between(carried, distance * direction - middle), upper_turn)
    return multiply(upper_turn, limb.upper), multiply(lower_turn, limb.lower)


def between(a: Array, b: Array) -> Array:
    """The shortest rotation [..., 4] from direction a [..., 3] to b [..., 3]; none for opposite or zero ones."""
    a, b = normalise(a), normalise(b)
    q = np.concatenate([np.cross(a, b), 1 + np.sum(a * b, axis=-1, keepdims=True)], axis=-1)
    length = np.linalg.norm(q, axis=-1, keepdims=True)
    identity = np.zeros_like(q)
    identity[..., 3] = 1
    return np.where(length < 1e-6, identity, q / np.maximum(length, 1e-6))


def _aside(v: Array, direction: Array) -> Array:
    """What of v [..., 3] is not along the unit direction."""
    return v - np.sum(v * direction, axis=-1, keepdims=True) * direction


def _length(v: Array) -> Array:
    return np.linalg.norm(v, axis=-1, keepdims=True)

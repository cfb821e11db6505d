"""Finger shapes: how far each finger is bent, and the thumb. Tables and their turns, no arms."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from solami import skeleton
from solami.body.geometry import Array, axis_angle_to_quaternion
from solami.body.gestures.pose import Shape
from solami.body.gestures.solve import mirror_quaternion

FINGERS = ("index", "middle", "pinky", "ring", "thumb")  # in the order of the skeleton
_THUMB_IN = np.array([0.46, 0.83, -0.31])  # left thumb over the palm, about this axis
_THUMB_OUT = np.array([0.0, -1.0, 0.0])  # left thumb away from the fingers

_CURL = tuple[float, float, float]
_STRAIGHT: _CURL = (2, 3, 2)
_EASY: _CURL = (14, 18, 10)
_ROUND: _CURL = (32, 38, 22)
_CLOSED: _CURL = (78, 95, 60)
_FIST_THUMB: _CURL = (32, 38, 40)

# index, middle, pinky, ring: degrees of the three joints; thumb: degrees over the palm; spread: degrees between fingers
_SHAPES: dict[Shape, tuple[_CURL, _CURL, _CURL, _CURL, _CURL, float]] = {
    "relaxed": ((14, 17, 10), (18, 21, 12), (24, 24, 14), (22, 23, 14), (6, 6, 6), 0),
    "open": ((4, 6, 4), (5, 7, 4), (7, 9, 5), (6, 8, 5), (-8, 0, 0), 4),
    "flat": (_STRAIGHT, _STRAIGHT, _STRAIGHT, _STRAIGHT, (6, 0, 0), 0),
    "spread": ((0, 2, 2), (0, 2, 2), (0, 2, 2), (0, 2, 2), (-22, 0, 0), 11),
    "fist": (_CLOSED, _CLOSED, _CLOSED, _CLOSED, _FIST_THUMB, 0),
    "point": (_STRAIGHT, _CLOSED, _CLOSED, _CLOSED, _FIST_THUMB, 0),
    "thumb": (_CLOSED, _CLOSED, _CLOSED, _CLOSED, (-34, -6, -6), 0),
    "cup": (_ROUND, _ROUND, _ROUND, _ROUND, (10, 12, 10), 2),
    "grip": ((58, 62, 30), (58, 62, 30), (58, 62, 30), (58, 62, 30), (28, 24, 20), 0),
    "one": (_STRAIGHT, _CLOSED, _CLOSED, _CLOSED, _FIST_THUMB, 0),
    "two": (_STRAIGHT, _STRAIGHT, _CLOSED, _CLOSED, _FIST_THUMB, 5),
    "three": (_STRAIGHT, _STRAIGHT, _CLOSED, _STRAIGHT, _FIST_THUMB, 5),
    "four": (_STRAIGHT, _STRAIGHT, _STRAIGHT, _STRAIGHT, _FIST_THUMB, 6),
}
_FAN = {"index": -1.0, "middle": 0.0, "ring": 1.0, "pinky": 2.0, "thumb": 0.0}  # left, about +Y


@lru_cache(maxsize=64)
def finger_turns(shape: Shape, side: str) -> Array:
    """Local turns [15, 4] of one hand's fingers, in the skeleton's order."""
    *curls, spread = _SHAPES[shape]
    angles = np.zeros((15, 3))
    for f, name in enumerate(FINGERS):
        for joint in range(3):
            degrees = curls[f][joint]
            if name == "thumb":
                angles[3 * f + joint] = np.radians(abs(degrees)) * (_THUMB_IN if degrees > 0 else _THUMB_OUT)
            else:
                angles[3 * f + joint, 2] = -np.radians(degrees)
        if name != "thumb":
            angles[3 * f, 1] = np.radians(_FAN[name] * spread)
    turns = axis_angle_to_quaternion(angles)
    turns = turns if side == "left" else mirror_quaternion(turns)
    turns.setflags(write=False)
    return turns


def first_finger(side: str) -> int:
    """Index of a hand's first finger joint."""
    return skeleton.FIRST_FINGER + (0 if side == "left" else 15)

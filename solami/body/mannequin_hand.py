"""The mannequin's left hand: palm, thumb ball and five fingers as one closed skin, finer than the body's."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from solami import skeleton
from solami.body.fields import Field, Solid, ellipsoid, limb, smooth_min, union
from solami.body.geometry import Array
from solami.body.mesh import Faces
from solami.body.polygonise import axis, polygonise
from solami.body.rest import rest_positions
from solami.body.skin_weights import Bone

_FINGERS = {  # radii at the knuckle, the middle joint, the last joint and the tip
    "index": (0.0102, 0.0092, 0.0083, 0.0070),
    "middle": (0.0104, 0.0094, 0.0085, 0.0072),
    "ring": (0.0100, 0.0090, 0.0081, 0.0068),
    "pinky": (0.0090, 0.0080, 0.0072, 0.0062),
    "thumb": (0.0150, 0.0122, 0.0108, 0.0085),
}
_TIP = 1.0  # the last bone's length over that of the bone before it
_SEPARATE_M, _WEB_M = 0.002, 0.010


@lru_cache(maxsize=1)
def hand() -> tuple[Array, Faces]:
    """Vertices [V, 3] and faces [F, 3] of the left hand in the rest pose, palm down."""
    x = axis(0.622, (0.700, 0.0140), (0.810, 0.0125), (0.882, 0.0072))
    return polygonise(_field(), (x, axis(0.335, (0.420, 0.0066)), axis(-0.180, (0.030, 0.0062))))


def hand_bones(side: str) -> list[Bone]:
    """What each stretch of the hand follows."""
    rest, wrist = rest_positions(), skeleton.INDEX[f"{side}_wrist"]
    bones = [Bone(wrist, rest[wrist], rest[wrist], 0.03)]
    for finger, radii in _FINGERS.items():
        points, joints = _chain(side, finger)
        if finger != "thumb":
            bones.append(Bone(wrist, rest[wrist], points[0] - 0.06 * (points[0] - rest[wrist]), 0.012))
        bones += [Bone(j, a, b, r) for j, a, b, r in zip(joints, points[:-1], points[1:], radii, strict=False)]
    return bones


def _chain(side: str, finger: str) -> tuple[Array, list[int]]:
    """Points [4, 3] from the knuckle to the tip's middle, and the three joints."""
    joints = [skeleton.INDEX[f"{side}_{finger}{i}"] for i in (1, 2, 3)]
    points = rest_positions()[joints]
    return np.concatenate([points, [points[2] + _TIP * (points[2] - points[1])]]), joints


def _field() -> Field:
    fingers = [union(_finger(name)) for name in _FINGERS]
    palm = union(_palm())

    def field(points: Array) -> Array:
        values = fingers[0](points)
        for finger in fingers[1:]:
            values = smooth_min(values, finger(points), _SEPARATE_M)
        return smooth_min(values, palm(points), _WEB_M)

    return field


def _finger(name: str) -> list[Solid]:
    points, _ = _chain("left", name)
    radii: tuple[float, ...] = _FINGERS[name]
    if name != "thumb":
        points = np.concatenate([[points[0] * 0.75 + rest_positions()[skeleton.INDEX["left_wrist"]] * 0.25], points])
        radii = (radii[0], *radii)
    rods = zip(points[:-1], points[1:], radii[:-1], radii[1:], strict=True)
    return [limb(a, b, [(0, ra), (0.5, (ra + rb) / 2 - 0.0003), (1, rb)], 0.003) for a, b, ra, rb in rods]


def _palm() -> list[Solid]:
    rest = rest_positions()
    wrist = rest[skeleton.INDEX["left_wrist"]]
    root = wrist + np.array([0.012, 0, 0])
    rods = []
    for place, name in zip((0.012, 0.004, -0.006, -0.013), ("index", "middle", "ring", "pinky"), strict=True):
        knuckle = rest[skeleton.INDEX[f"left_{name}1"]] - np.array([0.004, 0.001, 0])
        rods.append(limb(root + np.array([0, 0, place]), knuckle, [(0, 0.0150), (0.5, 0.0148), (1, 0.0108)], 0.022))
    thumb = rest[skeleton.INDEX["left_thumb1"]]
    return [
        limb(wrist - np.array([0.012, 0, 0]), root, [(0, 0.0195), (1, 0.0190)], 0.02, flat=((0, 0, 1), 1.25)),
        *rods,
        limb(root + np.array([0.006, -0.004, 0.008]), thumb, [(0, 0.0150), (1, 0.0150)], 0.020),  # the thumb's ball
        ellipsoid((0.715, 0.374, -0.098), (0.032, 0.013, 0.016), 0.02),  # the other edge of the palm
    ]

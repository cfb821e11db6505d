"""A generated mannequin: a skinned body with hands, feet and a face, made of rounded tubes around the rest skeleton.

No model file is behind it. It stands in pictures and GLB files until a licensed body or an avatar takes its place.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from solami import skeleton
from solami.body.geometry import Array, normalise
from solami.body.kinematics import forward_kinematics
from solami.body.mesh import Colour, Mesh, Ring, Weights, joined, tube

_SKIN: Colour = (0.86, 0.66, 0.54)
_SHIRT: Colour = (0.22, 0.42, 0.62)
_TROUSERS: Colour = (0.23, 0.24, 0.30)
_SHOES: Colour = (0.62, 0.30, 0.22)
_HAIR: Colour = (0.24, 0.16, 0.12)
_EYES: Colour = (0.08, 0.08, 0.10)
_X, _Y, _Z = np.eye(3)
_J = skeleton.INDEX

# height above the pelvis, depth, half width, half depth, joints
_TORSO: tuple[tuple[float, float, float, float, dict[str, float]], ...] = (
    (-0.150, -0.020, 0.075, 0.075, {"pelvis": 1.0}),
    (-0.095, -0.020, 0.152, 0.108, {"pelvis": 1.0}),
    (-0.030, -0.022, 0.158, 0.110, {"pelvis": 1.0}),
    (0.050, -0.022, 0.142, 0.099, {"pelvis": 0.6, "spine1": 0.4}),
    (0.130, -0.024, 0.128, 0.092, {"spine1": 0.8, "spine2": 0.2}),
    (0.200, -0.022, 0.132, 0.098, {"spine1": 0.3, "spine2": 0.7}),
    (0.280, -0.015, 0.150, 0.108, {"spine2": 0.4, "spine3": 0.6}),
    (0.350, -0.012, 0.163, 0.108, {"spine3": 1.0}),
    (0.410, -0.020, 0.160, 0.096, {"spine3": 1.0}),
    (0.448, -0.028, 0.120, 0.075, {"spine3": 1.0}),
    (0.472, -0.032, 0.066, 0.058, {"spine3": 0.7, "neck": 0.3}),
)
_HEAD: tuple[tuple[float, float, float, float], ...] = (
    (0.590, 0.026, 0.044, 0.052),
    (0.620, 0.012, 0.064, 0.080),
    (0.660, 0.004, 0.074, 0.091),
    (0.705, 0.000, 0.079, 0.097),
    (0.750, -0.004, 0.078, 0.096),
    (0.782, -0.006, 0.067, 0.083),
    (0.802, -0.008, 0.050, 0.063),
)
_FOOT: tuple[tuple[float, float, float], ...] = (  # along the foot from the ankle, half width, half height
    (-0.050, 0.028, 0.030),
    (-0.015, 0.034, 0.040),
    (0.030, 0.036, 0.036),
    (0.090, 0.042, 0.026),
    (0.135, 0.042, 0.020),
    (0.172, 0.032, 0.015),
)


@lru_cache(maxsize=1)
def rest_positions() -> Array:
    """Joints [55, 3] of the rest pose, pelvis at the origin."""
    identity = np.tile(np.array([0.0, 0.0, 0.0, 1.0]), (55, 1))
    return forward_kinematics(identity)[1]


@lru_cache(maxsize=1)
def mannequin() -> Mesh:
    """The mannequin in the rest pose, pelvis at the origin, soles at -0.949 m."""
    parts = [_torso(), *_head()]
    for side in ("left", "right"):
        parts += [*_arm(side), *_hand(side), *_leg(side)]
    return joined(parts)


def _torso() -> Mesh:
    rings = [
        Ring((0.0, y, z), wide, deep, {_J[n]: w for n, w in joints.items()}) for y, z, wide, deep, joints in _TORSO
    ]
    mesh = tube(rings, _X, -_Z, _SHIRT, 20)
    mesh.colours[mesh.vertices[:, 1] < -0.045] = _TROUSERS
    return mesh


def _head() -> list[Mesh]:
    head: Weights = {_J["head"]: 1.0}
    neck: list[Weights] = [{_J["neck"]: 1.0}, {_J["neck"]: 0.6, _J["head"]: 0.4}, head]
    throat = [
        Ring((0.0, y, -0.034 + (y - 0.44) * 0.16), 0.052, 0.055, w)
        for y, w in zip((0.44, 0.54, 0.61), neck, strict=True)
    ]
    skull = tube([Ring((0.0, y, z), wide, deep, head) for y, z, wide, deep in _HEAD], _X, -_Z, _SKIN, 20)
    _, y, z = skull.vertices.T
    skull.colours[(y > 0.765) | ((z < 0.020) & (y > 0.70)) | ((z < -0.03) & (y > 0.63))] = _HAIR
    nose = [
        Ring((0.0, y, z), r, r, head)
        for y, z, r in ((0.698, 0.090, 0.007), (0.680, 0.098, 0.011), (0.668, 0.098, 0.012))
    ]
    eyes = [[Ring((s * 0.030, 0.705, z), 0.011, 0.011, head) for z in (0.078, 0.083)] for s in (1, -1)]
    return [
        tube(throat, _X, -_Z, _SKIN),
        skull,
        tube(nose, _X, -_Z, _SKIN, 8),
        *(tube(e, _X, _Y, _EYES, 8) for e in eyes),
    ]


def _arm(side: str) -> list[Mesh]:
    collar, shoulder, elbow, wrist = (_J[f"{side}_{n}"] for n in ("collar", "shoulder", "elbow", "wrist"))
    upper: list[tuple[float, float, Weights]] = [
        (-0.14, 0.046, {collar: 0.7, shoulder: 0.3}),
        (0.03, 0.056, {collar: 0.25, shoulder: 0.75}),
        (0.2, 0.055, {shoulder: 1.0}),
        (0.55, 0.047, {shoulder: 1.0}),
        (0.85, 0.042, {shoulder: 0.85, elbow: 0.15}),
        (1.0, 0.041, {shoulder: 0.5, elbow: 0.5}),
    ]
    lower: list[tuple[float, float, Weights]] = [
        (-0.03, 0.038, {shoulder: 0.5, elbow: 0.5}),
        (0.12, 0.040, {shoulder: 0.12, elbow: 0.88}),
        (0.35, 0.040, {elbow: 1.0}),
        (0.7, 0.032, {elbow: 1.0}),
        (1.0, 0.026, {elbow: 0.5, wrist: 0.5}),
    ]
    return [_limb(shoulder, elbow, upper, _Y, _Z, _SHIRT), _limb(elbow, wrist, lower, _Y, _Z, _SKIN)]


def _leg(side: str) -> list[Mesh]:
    pelvis, hip, knee, ankle = 0, *(_J[f"{side}_{n}"] for n in ("hip", "knee", "ankle"))
    thigh: list[tuple[float, float, Weights]] = [
        (-0.05, 0.080, {pelvis: 0.7, hip: 0.3}),
        (0.12, 0.084, {pelvis: 0.25, hip: 0.75}),
        (0.4, 0.074, {hip: 1.0}),
        (0.75, 0.058, {hip: 1.0}),
        (0.93, 0.052, {hip: 0.8, knee: 0.2}),
        (1.0, 0.051, {hip: 0.5, knee: 0.5}),
    ]
    shin: list[tuple[float, float, Weights]] = [
        (-0.02, 0.050, {hip: 0.5, knee: 0.5}),
        (0.1, 0.048, {hip: 0.1, knee: 0.9}),
        (0.3, 0.049, {knee: 1.0}),
        (0.7, 0.035, {knee: 1.0}),
        (0.95, 0.032, {knee: 0.7, ankle: 0.3}),
        (1.06, 0.032, {ankle: 1.0}),
    ]
    return [_limb(hip, knee, thigh, _X, _Z, _TROUSERS), _limb(knee, ankle, shin, _X, _Z, _TROUSERS), _foot(side)]


def _foot(side: str) -> Mesh:
    ankle, toes = _J[f"{side}_ankle"], _J[f"{side}_foot"]
    start = rest_positions()[ankle]
    along = normalise((rest_positions()[toes] - start) * np.array([1, 0, 1]))
    rings = []
    for place, wide, high in _FOOT:
        share = float(np.clip((place - 0.09) / 0.06, 0, 1))
        x, _, z = start + along * place
        rings.append(Ring((x, high - skeleton.PELVIS_HEIGHT_M, z), wide, high, {ankle: 1 - share, toes: share}))
    return tube(rings, np.cross(_Y, along), _Y, _SHOES)


def _hand(side: str) -> list[Mesh]:
    wrist = _J[f"{side}_wrist"]
    palm: list[tuple[float, float, float]] = [
        (0.0, 0.022, 0.026),
        (0.3, 0.018, 0.034),
        (0.7, 0.016, 0.041),
        (1.0, 0.012, 0.040),
    ]
    fingers = ("index", "middle", "ring", "pinky")
    rest = rest_positions()
    knuckles = np.mean([rest[_J[f"{side}_{finger}1"]] for finger in fingers], axis=0)
    rings = [Ring(_at(rest[wrist], knuckles, t), thick, wide, {wrist: 1.0}) for t, thick, wide in palm]
    meshes = [tube(rings, _Y, _Z, _SKIN)]
    for finger in fingers:
        meshes.append(_finger(wrist, [_J[f"{side}_{finger}{i}"] for i in (1, 2, 3)], (0.0105, 0.0095, 0.0085, 0.0070)))
    return [*meshes, _finger(wrist, [_J[f"{side}_thumb{i}"] for i in (1, 2, 3)], (0.016, 0.013, 0.011, 0.009))]


def _finger(wrist: int, joints: list[int], radii: tuple[float, float, float, float]) -> Mesh:
    first, second, third = joints
    points = [rest_positions()[j] for j in joints]
    points.append(points[2] + 0.95 * (points[2] - points[1]))
    base = points[0] + 0.25 * (rest_positions()[wrist] - points[0])
    weights: list[Weights] = [
        {wrist: 1.0},
        {wrist: 0.5, first: 0.5},
        {first: 0.5, second: 0.5},
        {second: 0.5, third: 0.5},
        {third: 1.0},
    ]
    places = zip([base, *points], (radii[0], *radii), weights, strict=True)
    rings = [Ring((float(p[0]), float(p[1]), float(p[2])), r, r, w) for p, r, w in places]
    along = normalise(points[3] - points[0])
    across = normalise(np.cross(along, _Y))
    return tube(rings, np.cross(along, across), across, _SKIN, 8)


def _limb(
    start: int, end: int, profile: list[tuple[float, float, Weights]], u: Array, v: Array, colour: Colour
) -> Mesh:
    a, b = rest_positions()[start], rest_positions()[end]
    return tube([Ring(_at(a, b, t), r, r, w) for t, r, w in profile], u, v, colour)


def _at(a: Array, b: Array, t: float) -> tuple[float, float, float]:
    x, y, z = (float(c) for c in a + t * (b - a))
    return x, y, z

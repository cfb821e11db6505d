"""The mannequin's trunk, arms and legs: one closed skin from neck to wrists and ankles, and its bands of colour."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from solami import skeleton
from solami.body.fields import Field, Solid, ellipsoid, limb, smooth_curve, stack, union
from solami.body.geometry import Array
from solami.body.mesh import Faces
from solami.body.polygonise import axis, polygonise
from solami.body.rest import rest_positions
from solami.body.skin_weights import Bone
from solami.body.surfaces import cut

_TRUNK = (  # height over the pelvis, depth of the middle, half width, half depth
    (-0.175, -0.020, 0.045, 0.050),
    (-0.150, -0.020, 0.095, 0.080),
    (-0.105, -0.022, 0.142, 0.102),
    (-0.050, -0.024, 0.153, 0.108),
    (0.000, -0.022, 0.148, 0.102),
    (0.060, -0.020, 0.137, 0.093),
    (0.130, -0.020, 0.129, 0.088),
    (0.200, -0.016, 0.135, 0.094),
    (0.270, -0.008, 0.149, 0.107),
    (0.330, -0.007, 0.163, 0.110),
    (0.385, -0.014, 0.163, 0.106),
    (0.430, -0.024, 0.138, 0.085),
    (0.462, -0.032, 0.090, 0.060),
    (0.485, -0.034, 0.050, 0.042),
)
_THIGH_TOP = np.array([0.088, -0.10, -0.022])  # the hip joint lies further in than the thigh's middle


@lru_cache(maxsize=1)
def body() -> tuple[Array, Faces, Field]:
    """Vertices [V, 3], faces [F, 3] cut along the bands, and the bands' field (above zero inside a band)."""
    surface = _both_sides(union([*_trunk(), *_arm(), *_leg()]))
    x = axis(0.0, (0.216, 0.026), (0.384, 0.038), (0.456, 0.026), (0.710, 0.040))
    y = axis(-0.93, (-0.52, 0.048), (-0.42, 0.026), (-0.16, 0.046), (0.70, 0.0265))
    vertices, faces = polygonise(surface, (np.concatenate([-x[:0:-1], x]), y, axis(-0.20, (0.17, 0.0225))))
    return *cut(vertices, faces, bands(vertices), surface), bands


def bands(points: Array) -> Array:
    """Above zero where the dark, bending bands are: neck, waist, elbows, knees."""
    p = np.abs(points) * np.array([1, 0, 0]) + points * np.array([0, 1, 1])
    joints = rest_positions()
    x2 = np.minimum(p[:, 0], 0.2) ** 2
    trunk = np.where(p[:, 0] < 0.25, 0.0, -1.0)
    front = 0.35 * np.clip(p[:, 2], -0.1, 0.1)
    waist = np.minimum(p[:, 1] - (0.045 + 1.6 * x2 - 0.1 * front), 0.205 - 1.0 * x2 - 0.35 * front - p[:, 1]) + trunk
    neck = np.minimum(0.066 - np.hypot(p[:, 0], p[:, 2] + 0.030), p[:, 1] - 0.44)
    elbow = 0.036 - np.abs((p - joints[skeleton.INDEX["left_elbow"]]) @ [0.99, -0.06, -0.09])
    knee = 0.045 - np.abs((p - joints[skeleton.INDEX["left_knee"]]) @ [0.04, 0.999, 0.03])
    knee = np.where(p[:, 1] < -0.2, knee, -1.0)
    return np.maximum.reduce([waist, neck, np.where(p[:, 0] > 0.3, elbow, -1.0), knee])


def body_bones() -> list[Bone]:
    """What each stretch of trunk, arms and legs follows."""
    rest = rest_positions()
    middle = [
        Bone(0, (-0.05, -0.06, -0.02), (0.05, -0.06, -0.02), 0.130),
        Bone(0, (0.0, -0.06, -0.02), (0.0, 0.055, -0.02), 0.130),
        Bone(skeleton.INDEX["spine1"], (0.0, 0.10, -0.02), (0.0, 0.17, -0.02), 0.130),
        Bone(skeleton.INDEX["spine2"], (0.0, 0.22, -0.01), (0.0, 0.26, -0.01), 0.130),
        Bone(skeleton.INDEX["spine3"], (0.0, 0.30, -0.01), (0.0, 0.42, -0.02), 0.140),
        Bone(skeleton.INDEX["neck"], (0.0, 0.485, -0.03), (0.0, 0.57, -0.015), 0.060),
        Bone(skeleton.INDEX["head"], (0.0, 0.62, -0.01), (0.0, 0.70, 0.0), 0.060),
    ]
    return [*middle, *(bone for side in ("left", "right") for bone in _side_bones(rest, side))]


def give(vertices: Array) -> Array:
    """How far skin weights spread [V]: wide at shoulders, hips and waist, narrow at elbows and knees."""
    far = smooth_curve(np.abs(vertices[:, 0]), np.array([0.0, 0.22, 0.32, 0.8]), np.array([1.0, 1.0, 0.4, 0.35]))
    low = smooth_curve(vertices[:, 1], np.array([-1.0, -0.4, -0.2, 1.0]), np.array([0.4, 0.5, 1.0, 1.0]))
    return np.minimum(far, low)


def _side_bones(rest: Array, side: str) -> list[Bone]:
    collar, shoulder, elbow, wrist, hip, knee, ankle = (
        skeleton.INDEX[f"{side}_{n}"] for n in ("collar", "shoulder", "elbow", "wrist", "hip", "knee", "ankle")
    )
    sign = np.array([1.0 if side == "left" else -1.0, 1.0, 1.0])
    return [
        Bone(collar, sign * np.array([0.085, 0.41, -0.02]), rest[shoulder] - sign * np.array([0.03, 0.01, 0]), 0.075),
        Bone(shoulder, rest[shoulder] + sign * np.array([0.012, -0.004, 0]), rest[elbow], 0.060),
        Bone(elbow, rest[elbow], rest[wrist], 0.060),
        Bone(hip, sign * (_THIGH_TOP - np.array([0, 0.03, 0])), rest[knee], 0.088),
        Bone(knee, rest[knee], rest[ankle] + np.array([0, 0.03, 0]), 0.088),
        Bone(ankle, rest[ankle], rest[ankle] - np.array([0, 0.05, 0]), 0.088),
    ]


def _trunk() -> list[Solid]:
    return [
        stack(_TRUNK, 2.35, 0.02),
        ellipsoid((0.064, 0.350, 0.058), (0.075, 0.055, 0.036), 0.06),  # chest
        ellipsoid((0.078, -0.105, -0.070), (0.074, 0.080, 0.066), 0.05),  # seat
        limb((0, 0.44, -0.032), (0, 0.63, -0.006), [(0, 0.055), (0.4, 0.047), (1, 0.046)], 0.05),
        limb((0.03, 0.50, -0.036), (0.145, 0.450, -0.034), [(0, 0.030), (1, 0.034)], 0.06),
    ]


def _arm() -> list[Solid]:
    shoulder, elbow, wrist = (rest_positions()[skeleton.INDEX[f"left_{n}"]] for n in ("shoulder", "elbow", "wrist"))
    upper = [(-0.05, 0.050), (0.12, 0.053), (0.35, 0.0475), (0.55, 0.0455), (0.85, 0.0385), (1, 0.037)]
    lower = [(-0.02, 0.037), (0.08, 0.038), (0.25, 0.0400), (0.6, 0.0335), (0.9, 0.0265), (1.0, 0.0250)]
    return [
        limb(shoulder, elbow, upper, 0.05),
        ellipsoid(shoulder + np.array([0.012, 0.002, 0.0]), (0.060, 0.053, 0.055), 0.04),
        limb(elbow, wrist, lower, 0.02),
    ]


def _leg() -> list[Solid]:
    knee, ankle = (rest_positions()[skeleton.INDEX[f"left_{n}"]] for n in ("knee", "ankle"))
    thigh = [(-0.08, 0.085), (0.1, 0.086), (0.35, 0.078), (0.7, 0.0605), (0.92, 0.052), (1, 0.0505)]
    shin = [(-0.03, 0.0495), (0.1, 0.0485), (0.3, 0.0485), (0.6, 0.040), (0.85, 0.0335), (1.0, 0.0325)]
    return [
        limb(_THIGH_TOP, knee, thigh, 0.045),
        limb(knee, ankle, shin, 0.03),
        ellipsoid(knee + (ankle - knee) * 0.28 + np.array([0, 0, -0.018]), (0.040, 0.105, 0.042), 0.05),  # calf
        ellipsoid(knee + np.array([0, 0.0, 0.010]), (0.036, 0.060, 0.036), 0.04),
    ]


def _both_sides(left: Field) -> Field:
    """A field of the left half, seen by the right half as in a mirror; hips meet softly in the middle."""

    def field(points: Array) -> Array:
        folded = points.copy()
        folded[:, 0] = np.abs(points[:, 0])
        return left(folded)

    return field

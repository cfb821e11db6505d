"""The mannequin's head: a closed shell, and the field on which the face plate lies."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from solami.body.fields import Field, ellipsoid, limb, union
from solami.body.geometry import Array
from solami.body.mesh import Faces
from solami.body.polygonise import axis, polygonise
from solami.body.surfaces import spheroid

EAR_M = (0.0765, 0.676, -0.008)


def head_field() -> Field:
    """The shell: a skull, fuller at the back, and a jaw that narrows to the chin."""
    return union(
        [
            ellipsoid((0, 0.712, -0.010), (0.0775, 0.100, 0.098), 0.02),
            ellipsoid((0, 0.668, 0.022), (0.066, 0.082, 0.074), 0.05),
            limb((0, 0.606, 0.030), (0, 0.606, 0.052), [(0, 0.026), (1, 0.024)], 0.05, flat=((1, 0, 0), 1.25)),
            limb((0, 0.60, -0.012), (0, 0.66, -0.02), [(0, 0.048), (1, 0.055)], 0.04),
        ]
    )


@lru_cache(maxsize=1)
def head() -> tuple[Array, Faces]:
    """Vertices [V, 3] and faces [F, 3] of the shell."""
    x, y = axis(-0.106, (0.106, 0.018)), axis(0.535, (0.835, 0.019))
    return polygonise(head_field(), (x, y, axis(-0.135, (0.125, 0.018))))


def ears() -> list[tuple[Array, Faces]]:
    """A round cap on each side of the head."""
    return [spheroid(np.array(EAR_M) * np.array([s, 1, 1]), np.array([0.0125, 0.0225, 0.0225])) for s in (1, -1)]


def front(field: Field, xy: Array) -> Array:
    """The points [N, 3] of a field's surface seen from the front at x, y [N, 2], found by halving."""
    near, far = np.full(len(xy), 0.0), np.full(len(xy), 0.2)
    for _ in range(18):
        middle = 0.5 * (near + far)
        inside = field(np.column_stack([xy, middle])) < 0
        near, far = np.where(inside, middle, near), np.where(inside, far, middle)
    return np.column_stack([xy, 0.5 * (near + far)])

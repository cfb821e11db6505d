"""What a picture is made from: a camera, a posed surface, and colours as light. Draws nothing."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from solami.body.geometry import Array
from solami.body.mesh import Faces


@dataclass(frozen=True, slots=True)
class Camera:
    """Looks at a point over the floor from a direction; yaw 0 sees a body that faces +Z from the front."""

    width: int
    height: int
    yaw_rad: float = 0.0
    pitch_rad: float = 0.13
    distance_m: float = 6.5
    metres_high: float = 2.25  # how much is seen at the target
    target: tuple[float, float, float] = (0.0, 0.92, 0.0)

    @property
    def axes(self) -> Array:
        """Rows: right, up and towards the camera."""
        sy, cy, sp, cp = (f(a) for a in (self.yaw_rad, self.pitch_rad) for f in (np.sin, np.cos))
        return np.array([[cy, 0, -sy], [-sy * sp, cp, -cy * sp], [sy * cp, sp, cy * cp]])

    @property
    def place(self) -> Array:
        """Where the camera is, metres [3]."""
        return np.array(self.target) + self.axes[2] * self.distance_m

    @property
    def pixels_per_metre(self) -> float:
        return self.height / self.metres_high

    def project(self, points: Array) -> Array:
        """Column, row and distance in front of the camera of points [..., 3]."""
        seen = (points - np.array(self.target)) @ self.axes.T
        depth = np.maximum(self.distance_m - seen[..., 2], 0.05)
        scale = self.pixels_per_metre * self.distance_m / depth
        column = self.width / 2 + seen[..., 0] * scale
        return np.stack([column, self.height / 2 - seen[..., 1] * scale, depth], axis=-1)


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """A mesh in one pose, coloured."""

    vertices: Array  # [V, 3] world, metres
    normals: Array  # [V, 3]
    faces: Faces  # [F, 3]
    colours: Array  # [F, 3] sRGB
    gloss: Array  # [F] 0 matt to 1 shiny
    glow: Array  # [F] 0 lit by lamps to 1 a lamp itself
    marks: list[tuple[float, float, Array]] = field(default_factory=list)  # x, z and colour of spots on the floor


def to_linear(colour: Array) -> Array:
    """SRGB colours [..., 3] in 0..1 as amounts of light."""
    return np.clip(colour, 0, 1) ** 2.2


def to_srgb(colour: Array) -> Array:
    """Amounts of light [..., 3] as sRGB colours in 0..1."""
    return np.clip(colour, 0, 1) ** (1 / 2.2)

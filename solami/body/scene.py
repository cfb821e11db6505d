"""A camera, lights and a floor around one posed mesh: pixels in, picture out. Numpy only; knows no motion.

Deferred: faces are found per pixel first, then every covered pixel is lit once. Light is worked out in linear colour.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from solami.body.geometry import Array, normalise
from solami.body.mesh import Faces
from solami.body.raster import Hits, rasterise

BACKGROUND = np.array([0.835, 0.860, 0.880])  # sRGB, at the top of a picture
_FLOOR = np.array([0.775, 0.803, 0.828])
_LINES = np.array([0.62, 0.66, 0.70])
_FINE = 2  # pixels are drawn this much finer across and down, then averaged
_GRID_M = 0.5
_SHADOW_CELL_M, _SHADOW_CELLS = 0.02, 160
_KEY = normalise(np.array([-0.45, 0.75, 0.62]))  # seen from the camera: right, up, towards it
_FILL = normalise(np.array([0.8, 0.25, 0.45]))


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


def render(surface: Surface, camera: Camera) -> Array:
    """Pixels [height, width, 3] in 0..1, sRGB."""
    fine = Camera(
        camera.width * _FINE, camera.height * _FINE, camera.yaw_rad, camera.pitch_rad, camera.distance_m,
        camera.metres_high, camera.target,
    )  # fmt: skip
    hits = rasterise(fine.project(surface.vertices)[surface.faces], fine.width, fine.height)
    image = _floor(surface, camera).reshape(-1, 3)
    row, column = np.divmod(hits.pixels, fine.width)
    pixel = row // _FINE * camera.width + column // _FINE
    share = np.float32(1 / _FINE**2)
    covered = np.bincount(pixel, minlength=len(image)).astype(np.float32)[:, None] * share
    colour = _lit(surface, hits, fine)
    body = np.stack([np.bincount(pixel, colour[:, i], len(image)) for i in range(3)], axis=1) * share
    image = image * (1 - covered) + body
    return _to_srgb(image).reshape(camera.height, camera.width, 3)


def _lit(surface: Surface, hits: Hits, camera: Camera) -> Array:
    """Linear colours of the covered pixels."""
    corner = surface.faces[hits.faces]
    places = hits.places[..., None]
    normal = normalise((surface.normals.astype(np.float32)[corner] * places).sum(axis=1))
    point = (surface.vertices.astype(np.float32)[corner] * places).sum(axis=1)
    eye = normalise(camera.place.astype(np.float32) - point)
    key, fill = _KEY @ camera.axes, _FILL @ camera.axes
    albedo = _to_linear(surface.colours)[hits.faces]
    gloss, glow = surface.gloss[hits.faces][:, None], surface.glow[hits.faces][:, None]
    sky = 0.30 + 0.16 * normal[:, 1:2]
    wrapped = np.clip((normal @ key + 0.25) / 1.25, 0, 1)[:, None]
    facing = np.clip(normal @ key / 0.3, 0, 1)  # at grazing light a depth picture is too coarse to tell
    free = 1 - facing * (1 - _unshadowed(surface, point, normal, key))
    light = sky + 0.72 * wrapped * free[:, None]
    light = light + 0.14 * np.clip(normal @ fill, 0, 1)[:, None]
    half = normalise(eye + key)
    shine = np.clip((normal * half).sum(axis=1), 0, 1)[:, None]
    rim = (1 - np.clip((normal * eye).sum(axis=1), 0, 1))[:, None] ** 4
    colour = albedo * light + gloss * (0.30 * shine**60 + 0.05 * shine**10) + 0.10 * rim * (0.3 + normal[:, 1:2] * 0.3)
    return np.asarray(colour * (1 - glow) + albedo * glow)


def _unshadowed(surface: Surface, points: Array, normals: Array, light: Array) -> Array:
    """How much of the key light reaches points [N], 0 to 1, by a depth picture taken from the light."""
    cells, metres = 220, 2.6
    centre = surface.vertices.mean(axis=0)
    side = normalise(np.cross([0.0, 1.0, 0.0], light))
    axes = np.stack([side, np.cross(light, side), light])
    scale = cells / metres

    def seen(p: Array) -> Array:
        q = (p - centre) @ axes.T
        return np.stack([cells / 2 + q[:, 0] * scale, cells / 2 - q[:, 1] * scale, 5.0 - q[:, 2]], axis=-1)

    hits = rasterise(seen(surface.vertices)[surface.faces], cells, cells)
    depths = np.full(cells * cells, np.inf, np.float32)
    depths[hits.pixels] = hits.depths
    at = seen(points + 0.018 * normals)
    free = np.zeros(len(points))
    for dx, dy in ((-0.8, -0.3), (0.3, -0.8), (0.8, 0.3), (-0.3, 0.8)):
        column, row = (np.clip((at[:, i] + d).astype(np.int64), 0, cells - 1) for i, d in ((0, dx), (1, dy)))
        free += depths[row * cells + column] > at[:, 2] - 0.015
    return free / 4


def _floor(surface: Surface, camera: Camera) -> Array:
    """Linear pixels of what lies behind the body: wall, floor, grid, shadow and marks."""
    column, row = np.meshgrid(np.arange(camera.width) + 0.5, np.arange(camera.height) + 0.5)
    ahead = -camera.distance_m * camera.pixels_per_metre
    rays = np.stack([column - camera.width / 2, camera.height / 2 - row, np.full_like(row, ahead)], axis=-1)
    rays = rays @ camera.axes
    down = rays[..., 1] < -1e-6
    reach = np.where(down, -camera.place[1] / np.where(down, rays[..., 1], -1), np.inf)
    reach = np.where(reach * -ahead > 40, np.inf, reach)
    x, z = (camera.place[i] + np.where(np.isfinite(reach), reach, 0) * rays[..., i] for i in (0, 2))
    away = np.hypot(x - camera.target[0], z - camera.target[2])
    near = np.where(np.isfinite(reach), np.clip(1.25 - away / 3.2, 0, 1), 0)[..., None]
    floor = _FLOOR * (1 - 0.6 * _grid(x, z, camera)[..., None]) + _LINES * 0.6 * _grid(x, z, camera)[..., None]
    shade = np.linspace(0.0, 1.0, camera.height)[:, None, None] * np.array([0.05, 0.045, 0.04])
    image = _to_linear((BACKGROUND - shade) * (1 - near) + floor * near)
    image *= 1 - 0.62 * _contact_shadow(surface, x, z)[..., None] * near
    for spot_x, spot_z, colour in surface.marks:
        distance = np.hypot(x - spot_x, z - spot_z)
        ring = np.clip(1.6 - np.abs(distance - 0.088) / 0.009, 0, 1) * near[..., 0] * 0.9
        image = image * (1 - ring[..., None]) + _to_linear(colour) * ring[..., None]
    return image


def _grid(x: Array, z: Array, camera: Camera) -> Array:
    """How much of a pixel is grid line, 0 to 1, thin whatever the distance."""
    lines = np.zeros_like(x)
    for place in (x, z):
        width = np.maximum(np.abs(np.gradient(place, axis=0)), np.abs(np.gradient(place, axis=1))) + 1e-6
        off = np.abs((place / _GRID_M + 0.5) % 1 - 0.5) * _GRID_M
        lines = np.maximum(lines, np.clip(1.0 - 0.8 * off / width, 0, 1) * np.clip(0.006 / width, 0.15, 0.8))
    return lines


def _contact_shadow(surface: Surface, x: Array, z: Array) -> Array:
    """Soft shadow under the body at floor places: dark where it is low, faint where it is high."""
    cells = _SHADOW_CELLS
    centre = np.array([surface.vertices[:, 0].mean(), surface.vertices[:, 2].mean()])
    at = ((surface.vertices[:, ::2] - centre) / _SHADOW_CELL_M + cells / 2).astype(np.int64)
    low = np.exp(-np.maximum(surface.vertices[:, 1], 0) / 0.22)
    inside = ((at >= 3) & (at < cells - 3)).all(axis=1)
    dark = np.zeros(cells * cells)
    np.maximum.at(dark, at[inside, 1] * cells + at[inside, 0], low[inside])
    soft: Array = dark.reshape(cells, cells)
    for radius in (2, 2, 3, 3):
        soft = _box_blur(_box_blur(soft, radius).T, radius).T
    column, row = (x - centre[0]) / _SHADOW_CELL_M + cells / 2 - 0.5, (z - centre[1]) / _SHADOW_CELL_M + cells / 2 - 0.5
    return _bilinear(np.clip(1.5 * soft, 0, 1), column, row)


def _box_blur(image: Array, radius: int) -> Array:
    padded = np.pad(image, ((radius + 1, radius), (0, 0)))
    total = np.cumsum(padded, axis=0)
    return (total[2 * radius + 1 :] - total[: -2 * radius - 1]) / (2 * radius + 1)


def _bilinear(image: Array, column: Array, row: Array) -> Array:
    """Values of an image between its cells; 0 outside."""
    inside = (column >= 0) & (row >= 0) & (column < image.shape[1] - 1) & (row < image.shape[0] - 1)
    c, r = (np.where(inside, v, 0) for v in (column, row))
    i, j = r.astype(np.int64), c.astype(np.int64)
    v, u = r - i, c - j
    top, bottom = (image[i + k, j] * (1 - u) + image[i + k, j + 1] * u for k in (0, 1))
    return np.where(inside, top * (1 - v) + bottom * v, 0)


def _to_linear(colour: Array) -> Array:
    return np.clip(colour, 0, 1) ** 2.2


def _to_srgb(colour: Array) -> Array:
    return np.clip(colour, 0, 1) ** (1 / 2.2)

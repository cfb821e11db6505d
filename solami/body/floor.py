"""The floor under a body, as pixels: wall, tiles, soft shadow where the body is near, rings where feet stand."""

from __future__ import annotations

import numpy as np

from solami.body.geometry import Array
from solami.body.view import Camera, Surface, to_linear

BACKGROUND = np.array([0.835, 0.860, 0.880])  # sRGB, at the top of a picture
_FLOOR = np.array([0.775, 0.803, 0.828])
_LINES = np.array([0.62, 0.66, 0.70])
_GRID_M = 0.5
_SHADOW_CELL_M, _SHADOW_CELLS = 0.02, 160


def floor(surface: Surface, camera: Camera) -> Array:
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
    tiles = _FLOOR * (1 - 0.6 * _grid(x, z, camera)[..., None]) + _LINES * 0.6 * _grid(x, z, camera)[..., None]
    shade = np.linspace(0.0, 1.0, camera.height)[:, None, None] * np.array([0.05, 0.045, 0.04])
    image = to_linear((BACKGROUND - shade) * (1 - near) + tiles * near)
    image *= 1 - 0.62 * _contact_shadow(surface, x, z)[..., None] * near
    for spot_x, spot_z, colour in surface.marks:
        distance = np.hypot(x - spot_x, z - spot_z)
        ring = np.clip(1.6 - np.abs(distance - 0.088) / 0.009, 0, 1) * near[..., 0] * 0.9
        image = image * (1 - ring[..., None]) + to_linear(colour) * ring[..., None]
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

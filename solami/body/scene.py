"""A lit picture of a posed surface over a floor: pixels in, picture out. Numpy only; knows no motion.

Deferred: faces are found per pixel first, then every covered pixel is lit once. Light is worked out in linear colour.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from solami.body.floor import floor
from solami.body.geometry import Array, normalise
from solami.body.raster import Hits, rasterise
from solami.body.view import Camera, Surface, to_linear, to_srgb

_FINE = 2  # pixels are drawn this much finer across and down, then averaged
_SOFT_STEPS = [
    (1.9 * r * np.cos(a), 1.9 * r * np.sin(a))
    for a, r in zip(np.arange(8) * 2.4, np.sqrt(np.arange(8) / 7), strict=True)
]  # cells
_KEY = normalise(np.array([-0.45, 0.75, 0.62]))  # seen from the camera: right, up, towards it
_FILL = normalise(np.array([0.8, 0.25, 0.45]))


def render(surface: Surface, camera: Camera) -> Array:
    """Pixels [height, width, 3] in 0..1, sRGB."""
    fine = replace(camera, width=camera.width * _FINE, height=camera.height * _FINE)
    hits = rasterise(fine.project(surface.vertices)[surface.faces], fine.width, fine.height)
    image = floor(surface, camera).reshape(-1, 3)
    row, column = np.divmod(hits.pixels, fine.width)
    pixel = row // _FINE * camera.width + column // _FINE
    share = np.float32(1 / _FINE**2)
    covered = np.bincount(pixel, minlength=len(image)).astype(np.float32)[:, None] * share
    colour = _lit(surface, hits, fine)
    body = np.stack([np.bincount(pixel, colour[:, i], len(image)) for i in range(3)], axis=1) * share
    image = image * (1 - covered) + body
    return to_srgb(image).reshape(camera.height, camera.width, 3)


def _lit(surface: Surface, hits: Hits, camera: Camera) -> Array:
    """Linear colours of the covered pixels."""
    corner = surface.faces[hits.faces]
    places = hits.places[..., None]
    normal = normalise((surface.normals.astype(np.float32)[corner] * places).sum(axis=1))
    point = (surface.vertices.astype(np.float32)[corner] * places).sum(axis=1)
    eye = normalise(camera.place.astype(np.float32) - point)
    key, fill = _KEY @ camera.axes, _FILL @ camera.axes
    albedo = to_linear(surface.colours)[hits.faces]
    gloss, glow = surface.gloss[hits.faces][:, None], surface.glow[hits.faces][:, None]
    sky = 0.33 + 0.13 * normal[:, 1:2]
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
    at = seen(points + 0.015 * normals)
    steep = np.clip(normals @ light, 0.25, 1)
    slack = 0.01 + 0.026 * np.sqrt(1 - steep**2) / steep  # a step to the side changes the depth of a slope as much
    free = np.zeros(len(points))
    for dx, dy in _SOFT_STEPS:
        column, row = (np.clip((at[:, i] + d).astype(np.int64), 0, cells - 1) for i, d in ((0, dx), (1, dy)))
        free += depths[row * cells + column] > at[:, 2] - slack
    return free / len(_SOFT_STEPS)

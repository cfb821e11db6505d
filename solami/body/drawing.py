"""Draws the mannequin in one pose of a motion. Knows skeleton and mannequin; the picture itself is `scene`'s work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from solami import skeleton
from solami.body.geometry import Array
from solami.body.kinematics import forward_kinematics
from solami.body.mannequin import MATERIALS, mannequin
from solami.body.mesh import bent
from solami.body.rest import rest_positions
from solami.body.scene import render
from solami.body.view import Camera, Surface
from solami.frames import MotionChunk

_CONTACT = np.array([0.05, 0.58, 0.36])
_FEET = (skeleton.INDEX["left_foot"], skeleton.INDEX["right_foot"])


def draw_pose(motion: MotionChunk, pose: int, camera: Camera, planted: Sequence[bool] = (False, False)) -> Array:
    """Pixels [height, width, 3] in 0..1 of one pose.

    Args:
        motion: the poses.
        pose: which one.
        camera: aimed as if the body stood over the origin; it follows the body over the floor.
        planted: whether the left and the right foot touch the floor; they get a ring.
    """
    x, _, z = (float(v) for v in motion.translation[pose])
    centre = (camera.target[0] + x, camera.target[1], camera.target[2] + z)
    return render(posed(motion, pose, planted), replace(camera, target=centre))


def posed(motion: MotionChunk, pose: int, planted: Sequence[bool] = (False, False)) -> Surface:
    """The mannequin's surface in one pose, with rings under the feet that touch the floor."""
    mesh = mannequin()
    rotations, positions = forward_kinematics(
        motion.rotations[pose].astype(np.float64), motion.translation[pose].astype(np.float64)
    )
    vertices, normals = bent(mesh, rest_positions(), rotations, positions)
    feet = [positions[joint] for joint, touches in zip(_FEET, planted, strict=True) if touches]
    marks = [(float(foot[0]), float(foot[2]), _CONTACT) for foot in feet]
    return Surface(vertices, normals, mesh.faces, *_looks(), marks=marks)


@lru_cache(maxsize=1)
def _looks() -> tuple[Array, Array, Array]:
    """Colour, gloss and glow of every face."""
    kinds = mannequin().materials
    colours, roughness, glow = (np.array([getattr(m, n) for m in MATERIALS]) for n in ("colour", "roughness", "glow"))
    return colours[kinds], 1 - roughness[kinds], glow[kinds]

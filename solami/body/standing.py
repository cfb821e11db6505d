"""Where bodies stand: moving a motion over the floor, and placing one person as another sees them."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from solami.body.geometry import heading, multiply, rotate, wrap, yaw_quaternion
from solami.frames import MotionChunk, Placement


def moved(motion: MotionChunk, yaw_rad: float, x_m: float, z_m: float) -> MotionChunk:
    """The whole motion turned about +Y around the origin, then shifted over the floor."""
    turn = yaw_quaternion(np.array(yaw_rad))
    rotations = motion.rotations.copy()
    rotations[:, 0] = multiply(turn, motion.rotations[:, 0])
    translation = rotate(turn, motion.translation) + np.array([x_m, 0.0, z_m])
    return replace(motion, rotations=rotations, translation=translation.astype(np.float32))


def placed_like(motion: MotionChunk, source: MotionChunk) -> MotionChunk:
    """`motion`, which starts over the origin facing +Z, put where `source` starts."""
    x, _, z = (float(v) for v in source.translation[0])
    return moved(motion, float(heading(source.rotations[0, 0])), x, z)


def placement_between(viewer: MotionChunk, person: MotionChunk, pose: int = -1) -> Placement:
    """Where `person` stands as `viewer` sees it, at one pose of both, in one world."""
    across = (person.translation[pose] - viewer.translation[pose]).astype(np.float64)
    direction = math.atan2(across[0], across[2])  # the heading that looks along it
    sees = float(heading(viewer.rotations[pose, 0].astype(np.float64)))
    shows = float(heading(person.rotations[pose, 0].astype(np.float64)))
    return Placement(
        distance_m=math.hypot(across[0], across[2]),
        bearing_rad=float(wrap(np.array(direction - sees))),
        facing_rad=float(wrap(np.array(shows - direction - math.pi))),
    )

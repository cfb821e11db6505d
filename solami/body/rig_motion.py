"""The motion of any skeleton as a file gives it: bones in its own axes and units. Knows no file and no SMPL-X."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from solami.body.geometry import Array, multiply, rotate
from solami.errors import InputError

MAX_POSE_VALUES = 8_000_000  # frames x bones held at once; about a quarter of an hour at 120 fps


@dataclass(frozen=True, slots=True, eq=False)
class Pose:
    """World rotations [N, 4] and positions [N, 3] of a skeleton's bones in one pose."""

    rotations: Array
    positions: Array


@dataclass(frozen=True, slots=True, eq=False)
class RigMotion:
    """Bones (parents before children), the poses they may rest in, best first, and how they move in the world."""

    names: tuple[str, ...]
    parents: tuple[int, ...]
    rests: tuple[Pose, ...]
    rotations: Array  # [T, N, 4] in the world
    positions: Array  # [T, N, 3] in the world
    fps: float
    joints: dict[int, int] = field(default_factory=dict)  # SMPL-X joint -> bone, where the file itself says so
    rests_in_t_pose: bool = False  # the file's format promises it
    up_axis: str | None = None  # of the world, where the format says it; a rest pose may have its own axes
    notes: tuple[str, ...] = ()  # what the reader assumed


def world_poses(
    parents: tuple[int, ...], rotations: Array, translations: list[Array], scales: Array | None = None
) -> tuple[Array, Array]:
    """World rotations [T, N, 4] and positions [T, N, 3] from local ones.

    Args:
        parents: of each bone, before it; -1 for a root.
        rotations: local [T, N, 4].
        translations: of each bone, [3] or [T, 3].
        scales: local [N, 3]; scale stretches what hangs from a bone and is taken to follow its axes.
    """
    count = len(parents)
    world = np.empty_like(rotations)
    positions = np.zeros((len(rotations), count, 3))
    stretch = np.ones((count, 3))
    for i, parent in enumerate(parents):
        own = np.ones(3) if scales is None else scales[i]
        if parent < 0:
            world[:, i], positions[:, i], stretch[i] = rotations[:, i], translations[i], own
            continue
        world[:, i] = multiply(world[:, parent], rotations[:, i])
        positions[:, i] = positions[:, parent] + rotate(world[:, parent], translations[i] * stretch[parent])
        stretch[i] = stretch[parent] * own
    return world, positions


def check_size(source: str, frames: int, bones: int) -> None:
    """Raise InputError for a motion too long to hold."""
    if frames * bones > MAX_POSE_VALUES:
        raise InputError(
            f"{source}: {frames} frames of {bones} bones, expected at most {MAX_POSE_VALUES} together; cut the file"
        )

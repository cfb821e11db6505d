"""A contact sheet of a motion: poses over time from the front and from the side, feet that stand marked."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from solami.body.drawing import draw_pose
from solami.body.foot_lock import planted
from solami.body.geometry import Array, heading
from solami.body.lettering import write_text
from solami.body.png import write_png
from solami.body.view import Camera
from solami.errors import InputError
from solami.frames import MotionChunk

_CAMERA = Camera(width=200, height=300, metres_high=2.25)
_INK = np.array([0.20, 0.26, 0.33])
_GAP, _MARGIN = 2, 10


def write_sheet(path: Path, motion: MotionChunk, *, poses: int = 10, against: MotionChunk | None = None) -> None:
    """Write a PNG: a row from the front and a row from the side.

    Args:
        path: of the PNG.
        motion: what to show.
        poses: how many, evenly over time.
        against: a second motion, whose rows stand below those of the first at the same times.

    Raises:
        InputError: no poses, or fewer than one asked for.
    """
    if not len(motion.rotations) or (against is not None and not len(against.rotations)):
        raise InputError("got a motion without poses, expected at least one to draw")
    if poses < 1:
        raise InputError(f"got {poses} poses to draw, expected at least 1")
    times_s = (np.arange(poses) + 0.5) / poses * len(motion.rotations) / motion.fps
    front = facing(motion)
    shown = [("", motion)] if against is None else [("a ", motion), ("b ", against)]
    rows = [
        _row(each, times_s, replace(_CAMERA, yaw_rad=front + turn), name + view)
        for view, turn in (("front", 0.0), ("side", np.pi / 2))
        for name, each in shown
    ]
    sheet = np.concatenate([_times(times_s), *rows])
    sheet = np.pad(sheet, ((_MARGIN, _MARGIN), (_MARGIN, _MARGIN), (0, 0)), constant_values=1.0)
    write_png(path, np.round(sheet * 255).astype(np.uint8))


def facing(motion: MotionChunk) -> float:
    """The heading in radians from which a motion is seen from the front: its mean."""
    yaws = heading(motion.rotations[:, 0].astype(np.float64))
    return float(np.arctan2(np.sin(yaws).mean(), np.cos(yaws).mean()))


def _row(motion: MotionChunk, times_s: Array, camera: Camera, name: str) -> Array:
    stands = planted(motion)
    pictures = []
    for time_s in times_s:
        pose = min(int(time_s * motion.fps), len(motion.rotations) - 1)
        picture = draw_pose(motion, pose, camera, stands[pose].tolist())
        pictures.append(np.pad(picture, ((0, _GAP), (0, _GAP), (0, 0)), constant_values=1.0))
    row = np.concatenate(pictures, axis=1)
    write_text(row, name, 8, 8, _INK)
    return row


def _times(times_s: Array) -> Array:
    """A strip with the second of every column."""
    width = _CAMERA.width + _GAP
    strip = np.ones((20, width * len(times_s), 3))
    for i, time_s in enumerate(times_s):
        write_text(strip, f"{time_s:.2f} s", 4, i * width + 8, _INK)
    return strip

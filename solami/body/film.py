"""A film of a motion: front and side view next to each other, as MP4 (by imageio-ffmpeg) or GIF (by Pillow)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from solami.body.drawing import posed
from solami.body.foot_lock import planted
from solami.body.geometry import Array
from solami.body.scene import render
from solami.body.sheet import facing
from solami.body.timing import resample
from solami.body.view import Camera
from solami.errors import InputError
from solami.frames import MotionChunk

_CAMERA = Camera(width=304, height=400, metres_high=2.3)  # two side by side: both lengths multiples of 16 for MP4
_ONE_THREAD = ["-preset", "veryfast", "-threads", "1"]  # drawing takes far longer than encoding
_CALM_S = 1.5  # the camera follows the mean place over this time, so that feet are seen to stand or slide


def write_film(path: Path, motion: MotionChunk, *, fps: float = 15.0) -> None:
    """Write .mp4 or .gif, as the ending says.

    Raises:
        InputError: no poses, another ending, a rate outside 1 to 60, or no encoder installed.
    """
    if not len(motion.rotations):
        raise InputError("got a motion without poses, expected at least one to film")
    if not 1 <= fps <= 60:
        raise InputError(f"got {fps} frames a second, expected 1 to 60")
    writers = {".mp4": _write_mp4, ".gif": _write_gif}
    if path.suffix.lower() not in writers:
        raise InputError(f"{path}: cannot film to {path.suffix or 'no ending'}, expected .mp4 or .gif")
    writers[path.suffix.lower()](path, film_frames(motion, fps), fps)


def film_frames(motion: MotionChunk, fps: float) -> Iterator[NDArray[np.uint8]]:
    """Pixels [400, 608, 3] of every film frame: front on the left, side on the right."""
    motion = resample(motion, fps)
    stands, front, path = planted(motion), facing(motion), _calm(motion)
    for pose, (x, z) in enumerate(path):
        surface = posed(motion, pose, stands[pose].tolist())
        camera = replace(_CAMERA, target=(float(x), _CAMERA.target[1], float(z)))
        views = [render(surface, replace(camera, yaw_rad=front + turn)) for turn in (0.0, np.pi / 2)]
        yield np.round(np.concatenate(views, axis=1) * 255).astype(np.uint8)


def _calm(motion: MotionChunk) -> Array:
    """Where the camera aims [T, 2]: x and z of the pelvis, smoothed over time."""
    around = max(1, round(_CALM_S * motion.fps / 2))
    padded = np.pad(motion.translation[:, ::2].astype(np.float64), ((around, around), (0, 0)), mode="edge")
    window = np.ones(2 * around + 1) / (2 * around + 1)
    return np.stack([np.convolve(padded[:, i], window, mode="valid") for i in (0, 1)], axis=1)


def _write_mp4(path: Path, frames: Iterator[NDArray[np.uint8]], fps: float) -> None:
    try:
        import imageio_ffmpeg
    except ImportError as error:
        mend = "pip install imageio-ffmpeg, or write a .gif"
        raise InputError(f"{path}: MP4 needs imageio-ffmpeg, which is not installed; {mend}") from error
    first = next(frames)
    height, width, _ = first.shape
    writer = imageio_ffmpeg.write_frames(
        str(path), (width, height), fps=fps, codec="libx264", quality=7, output_params=_ONE_THREAD
    )
    writer.send(None)
    try:
        writer.send(first.tobytes())
        for frame in frames:
            writer.send(frame.tobytes())
    finally:
        writer.close()


def _write_gif(path: Path, frames: Iterator[NDArray[np.uint8]], fps: float) -> None:
    try:
        from PIL import Image
    except ImportError as error:
        raise InputError(f"{path}: GIF needs Pillow, which is not installed; pip install Pillow") from error
    pictures = [Image.fromarray(frame).quantize(128) for frame in frames]
    duration_ms = max(20, round(100 / fps) * 10)  # GIF counts in hundredths of a second
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=duration_ms, loop=0, optimize=False)

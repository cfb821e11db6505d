"""A picture of a reply: poses over time above the waveform of its audio. Knows no models."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from solami.body.drawing import draw_pose
from solami.body.floor import BACKGROUND
from solami.body.geometry import Array
from solami.body.lettering import write_text
from solami.body.png import write_png
from solami.body.view import Camera
from solami.frames import AudioChunk, MotionChunk

_POSES = 8
_CAMERA = Camera(width=252, height=420, yaw_rad=0.45)
_WAVE_HEIGHT = 150
_MARGIN = 16
_INK = np.array([0.16, 0.32, 0.48])
_RULE = np.array([0.70, 0.70, 0.68])


def draw_reply(motion: MotionChunk, audio: AudioChunk, path: Path) -> None:
    """Write a PNG: eight poses evenly over time, each followed over the floor, above waveform and seconds."""
    seconds = max(len(motion.rotations) / motion.fps, len(audio.samples) / audio.sample_rate, 1e-3)
    bodies = [_body(motion, (i + 0.5) / _POSES * seconds) for i in range(_POSES)]
    top = np.concatenate(bodies, axis=1)
    picture = np.concatenate([top, _waveform(audio, seconds, top.shape[1]), _clock(seconds, top.shape[1])])
    frame = np.pad(picture, ((_MARGIN, _MARGIN), (_MARGIN, _MARGIN), (0, 0)), constant_values=np.nan)
    frame = np.where(np.isnan(frame), BACKGROUND, frame)
    write_png(path, np.round(np.clip(frame, 0, 1) * 255).astype(np.uint8))


def _body(motion: MotionChunk, time_s: float) -> Array:
    if not len(motion.rotations):
        return np.tile(BACKGROUND, (_CAMERA.height, _CAMERA.width, 1))
    return draw_pose(motion, min(int(time_s * motion.fps), len(motion.rotations) - 1), _CAMERA)


def _waveform(audio: AudioChunk, seconds: float, width: int) -> NDArray[np.float64]:
    """The range of the samples in every column, on a fixed scale of -1 to 1."""
    image = np.tile(BACKGROUND, (_WAVE_HEIGHT, width, 1))
    image[_WAVE_HEIGHT // 2] = _RULE
    edges = (np.linspace(0, seconds, width + 1) * audio.sample_rate).astype(np.int64)
    for column in range(width):
        piece = audio.samples[edges[column] : edges[column + 1]]
        if len(piece):
            high, low = (int((1 - np.clip(v, -1, 1)) * (_WAVE_HEIGHT - 1) / 2) for v in (piece.max(), piece.min()))
            image[high : low + 1, column] = _INK
    for i in range(_POSES):
        image[:6, int((i + 0.5) * width / _POSES)] = _RULE  # where the poses above are
    return image


def _clock(seconds: float, width: int) -> NDArray[np.float64]:
    """Ticks with their second."""
    image = np.tile(BACKGROUND, (26, width, 1))
    image[0] = _RULE
    every = max(1, round(seconds / 20))
    for second in range(0, int(seconds) + 1, every):
        x = min(int(second / seconds * width), width - 1)
        image[:6, x] = _INK
        write_text(image, str(second), 10, x + 1, _INK)
    return image

"""Writes the user of the end-to-end tests: a spoken line, a quiet room, a wave as a headset and two controllers see it.

`python make_user.py FOLDER` leaves `line.wav` (48 kHz mono, the line, then silence), `quiet.wav` (a room in which
nobody speaks) and `wave.json` (frames of head, left and right: x, y, z, then quaternion x, y, z, w; WebXR's axes, 30 a
second).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import soundfile
import soxr

from solami.body.procedural import perform
from solami.body.trackers import to_openxr, tracker_chunk
from solami.body.variation import at_speed
from solami.commands.demo import demo_speech
from solami.training.three_points_data import joint_poses

_RATE_HZ, _SILENCE_S, _FPS = 48_000, 6.0, 30.0
_QUIET_LEVEL = 3e-4  # -70 dBFS: a microphone that hears nobody
# Unhurried, and held out of training. With both hands: through three points the model sees a fifth of the right hand's
# waves and all of sixty of these. What is tested here is that a wave arrives unharmed.
_CAPTION, _TAKE, _SPEED = "waves with both hands", 28, 0.8


def write_line(path: Path) -> None:
    """The demo's line; Chromium's fake microphone takes 48 kHz mono PCM16."""
    audio = demo_speech()
    samples = soxr.resample(audio.samples, audio.sample_rate, _RATE_HZ)
    quiet = np.zeros(round(_SILENCE_S * _RATE_HZ), np.float32)
    soundfile.write(path, np.concatenate([quiet[: _RATE_HZ // 2], samples, quiet]), _RATE_HZ, subtype="PCM_16")


def write_quiet(path: Path) -> None:
    """The noise of a microphone to which nobody speaks."""
    noise = np.random.default_rng(0).standard_normal(round(_SILENCE_S * _RATE_HZ)) * _QUIET_LEVEL
    soundfile.write(path, noise, _RATE_HZ, subtype="PCM_16")


def write_wave(path: Path) -> None:
    """An unhurried procedural wave, as its head and wrists would be tracked."""
    positions, rotations = joint_poses(at_speed(perform(_CAPTION, _TAKE, _FPS).motion, _SPEED))
    count = len(positions)
    valid = np.ones((count, 3), np.bool_)
    devices = to_openxr(tracker_chunk(positions, rotations, np.arange(count) / _FPS, valid))
    frames = np.concatenate([devices.positions, devices.rotations], axis=-1)
    path.write_text(json.dumps({"fps": _FPS, "frames": np.round(frames, 5).tolist()}))


folder = Path(sys.argv[1])
write_line(folder / "line.wav")
write_quiet(folder / "quiet.wav")
write_wave(folder / "wave.json")

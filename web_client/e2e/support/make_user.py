"""Writes the user of the end-to-end tests: a spoken line and a wave as a headset and two controllers see it.

`python make_user.py FOLDER` leaves `line.wav` (48 kHz mono, the line, then silence) and `wave.json` (frames of head,
left and right: x, y, z, then quaternion x, y, z, w; WebXR's axes, 30 a second).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import soundfile
import soxr

from solami.body.procedural import wave
from solami.body.trackers import to_openxr, tracker_chunk
from solami.commands.demo import DEMO_LINE, DEMO_VOICE
from solami.datasets.tts import EspeakSynthesizer
from solami.training.three_points_data import joint_poses

_RATE_HZ, _SILENCE_S, _WAVE_S, _FPS = 48_000, 6.0, 4.0, 30.0


def write_line(path: Path) -> None:
    """The demo's line in the demo's voice; Chromium's fake microphone takes 48 kHz mono PCM16."""
    audio = EspeakSynthesizer(DEMO_VOICE).speak(DEMO_LINE).audio
    samples = soxr.resample(audio.samples, audio.sample_rate, _RATE_HZ)
    quiet = np.zeros(round(_SILENCE_S * _RATE_HZ), np.float32)
    soundfile.write(path, np.concatenate([quiet[: _RATE_HZ // 2], samples, quiet]), _RATE_HZ, subtype="PCM_16")


def write_wave(path: Path) -> None:
    """A procedural wave, as its head and wrists would be tracked."""
    positions, rotations = joint_poses(wave(_WAVE_S, _FPS))
    count = len(positions)
    valid = np.ones((count, 3), np.bool_)
    devices = to_openxr(tracker_chunk(positions, rotations, np.arange(count) / _FPS, valid))
    frames = np.concatenate([devices.positions, devices.rotations], axis=-1)
    path.write_text(json.dumps({"fps": _FPS, "frames": np.round(frames, 5).tolist()}))


folder = Path(sys.argv[1])
write_line(folder / "line.wav")
write_wave(folder / "wave.json")

"""Clips for speech training."""

from pathlib import Path

import numpy as np

from solami.training.speech_data import SpeechClip, read_clips, save_clips


def clip(seconds: float, speaker: str, hz: float = 100.0) -> SpeechClip:
    t = np.arange(int(seconds * 16_000)) / 16_000
    samples = (np.sin(2 * np.pi * hz * t + 0.3) * 8000).astype(np.int16)
    f0_hz = np.full(len(samples) // 160, hz, np.float32)
    return SpeechClip(samples, f0_hz, np.array([1, 2, 1], np.int16), np.array([0, 0.2, 0.5], np.float32), speaker)


def test_saved_clips_come_back_as_they_were(tmp_path: Path) -> None:
    """The flat file keeps each clip's own arrays and speaker."""
    clips = [clip(1.0, "a"), clip(0.7, "b")]
    save_clips(clips, tmp_path / "clips.npz")
    again = read_clips(tmp_path / "clips.npz")
    assert [c.speaker for c in again] == ["a", "b"]
    for before, after in zip(clips, again, strict=True):
        assert np.array_equal(before.samples, after.samples)
        assert np.array_equal(before.starts_s, after.starts_s)

"""Clips for speech training."""

from pathlib import Path

import numpy as np

from solami.training.speech_data import ClipPool, SpeechClip, read_clips, save_clips, warp


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


def test_warping_raises_pitch_and_shortens() -> None:
    """Played 1.2 times as fast a 100 Hz tone crosses zero upwards 120 times a second."""
    fast = warp(clip(1.0, "a"), 1.2)
    seconds = len(fast.samples) / 16_000
    crossings = np.sum(np.diff(fast.samples >= 0).astype(int)) / 2
    assert abs(seconds - 1 / 1.2) < 0.01
    assert abs(crossings / seconds - 120) < 3
    assert np.allclose(fast.f0_hz, 120)
    assert np.allclose(fast.starts_s, np.array([0, 0.2, 0.5]) / 1.2)


def test_references_come_from_the_same_speaker() -> None:
    """Every drawn pair shares its speaker, and a batch holds about the seconds asked for."""
    clips = [clip(1.0 + 0.01 * i, "ab"[i % 2]) for i in range(10)]
    pairs = ClipPool(clips, np.ones(10, np.float32)).draw(np.random.default_rng(0), 12.0)
    assert all(a.speaker == b.speaker for a, b in pairs)
    assert 10 <= len(pairs) <= 12

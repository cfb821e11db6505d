"""What batches of speech are drawn from."""

from dataclasses import replace

import numpy as np

from solami.training.speech_data import SpeechClip
from solami.training.speech_pool import ClipPool, warp


def clip(seconds: float, speaker: str, hz: float = 100.0) -> SpeechClip:
    t = np.arange(int(seconds * 16_000)) / 16_000
    samples = (np.sin(2 * np.pi * hz * t + 0.3) * 8000).astype(np.int16)
    f0_hz = np.full(len(samples) // 160, hz, np.float32)
    return SpeechClip(samples, f0_hz, np.array([1, 2, 1], np.int16), np.array([0, 0.2, 0.5], np.float32), speaker)


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
    """Every row shares its speaker, is said as it is heard, and a batch holds about the seconds asked for."""
    clips = [clip(1.0 + 0.01 * i, "ab"[i % 2]) for i in range(10)]
    rows = ClipPool(clips, np.ones(10, np.float32)).draw(np.random.default_rng(0), 12.0)
    assert all(row.said is row.heard and row.reference.speaker == row.heard.speaker for row in rows)
    assert 10 <= len(rows) <= 12


def test_what_another_voice_said_too_is_told_in_that_voice() -> None:
    """Clips of one text are partners across speakers; the reference is the partner's; others stay as they are."""
    clips = [clip(1.0, "a"), clip(1.1, "b"), clip(1.05, "a"), clip(1.0, "c")]
    clips[3] = replace(clips[3], phones=np.array([2, 2, 2], np.int16))
    pool = ClipPool(clips, np.ones(4, np.float32), retold_share=1.0)
    rng = np.random.default_rng(0)
    rows = [row for _ in range(20) for row in pool.draw(rng, 4.0)]
    told = {(row.heard.speaker, row.said.speaker) for row in rows}
    assert told == {("a", "b"), ("b", "a"), ("c", "c")}
    assert all(row.reference.speaker == row.said.speaker for row in rows)


def test_clips_without_phone_times_have_no_partners() -> None:
    """They could not be laid beside each other."""
    untimed = [replace(clip(1.0, speaker), starts_s=np.array([], np.float32)) for speaker in "ab"]
    rows = ClipPool(untimed, np.ones(2, np.float32), retold_share=1.0).draw(np.random.default_rng(0), 8.0)
    assert all(row.said is row.heard for row in rows)

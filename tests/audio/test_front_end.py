"""What the microphone's signal is relieved of, and what is noticed in it."""

import logging

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solami.audio.front_end import FrontEnd, count_clipped
from solami.audio.level import to_dbfs
from solami.frames import FloatArray

RATE = 16_000


def tone(hz: float, amplitude: float = 0.5, seconds: float = 1.0) -> FloatArray:
    """A sine."""
    return (amplitude * np.sin(2 * np.pi * hz * np.arange(int(seconds * RATE)) / RATE)).astype(np.float32)


@settings(max_examples=20, deadline=None)
@given(cuts=st.lists(st.integers(0, 3000), max_size=6))
def test_chunks_change_nothing(cuts: list[int]) -> None:
    """The same samples and the same findings come out however the signal was cut."""
    signal = np.clip(tone(200, 1.4, 0.2) + 0.1, -1, 1).astype(np.float32)
    whole, pieces = FrontEnd(RATE), FrontEnd(RATE)
    expected = whole.push(signal)
    got = np.concatenate([pieces.push(part) for part in np.split(signal, sorted(c for c in cuts if c < len(signal)))])
    assert np.array_equal(got, expected)
    assert pieces.level.clipped == whole.level.clipped > 0
    assert pieces.level.rms_dbfs == pytest.approx(whole.level.rms_dbfs)


def test_direct_current_goes_and_voices_stay() -> None:
    """A constant offset is gone within a tenth of a second; a deep voice's 100 Hz loses less than half a decibel."""
    out = FrontEnd(RATE).push(tone(100) + np.float32(0.3))[RATE // 10 :]
    assert abs(out.mean()) < 2e-3
    assert abs(to_dbfs(float(np.sqrt(np.mean(out**2)))) - to_dbfs(0.5 / np.sqrt(2))) < 0.5


def test_the_level_is_of_all_that_came() -> None:
    """RMS and peak in dBFS, silence at the floor."""
    front = FrontEnd(RATE)
    assert front.level.rms_dbfs == front.level.peak_dbfs == -120.0
    front.push(tone(1000))
    assert front.level.seconds == 1.0
    assert (front.level.rms_dbfs, front.level.peak_dbfs) == pytest.approx((-9.03, -6.02), abs=0.05)


def test_flattened_peaks_are_clipping() -> None:
    """Three samples in a row at full scale count, a single one does not."""
    assert count_clipped(np.array([0, 1, 1, 0.5, 1, 1, 1, -1, 0, 1], np.float32)) == 4
    assert count_clipped(np.zeros(0, np.float32)) == 0


def test_a_clipping_microphone_is_reported_once(caplog: pytest.LogCaptureFixture) -> None:
    """The log says so after a second, and does not repeat it."""
    front = FrontEnd(RATE)
    with caplog.at_level(logging.WARNING):
        for _ in range(4):
            front.push(np.clip(tone(200, 3.0), -1, 1).astype(np.float32))
    assert len(caplog.records) == 1 and "clips" in caplog.text

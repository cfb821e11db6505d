"""Voices cut at their pauses."""

import numpy as np
import pytest

from solami.audio.pieces import LEAST_S, MOST_S, LastSeconds, PauseCutter
from solami.audio.resample import resample
from solami.datasets.tts import EspeakSynthesizer
from solami.frames import FloatArray

RATE = 16_000


def spoken(rate: int = RATE) -> FloatArray:
    """A line of some three seconds."""
    audio = EspeakSynthesizer("en-us+m2").speak("Good morning, I am waving to you. Can you wave back?").audio
    return resample(audio.samples, audio.sample_rate, rate)


def cut(samples: FloatArray, rate: int, step: int) -> list[FloatArray]:
    """All pieces, the rest last."""
    cutter = PauseCutter(rate)
    pieces = [piece for i in range(0, len(samples), step) for piece in cutter.push(samples[i : i + step])]
    return [*pieces, cutter.rest]


@pytest.mark.parametrize("rate", [16_000, 24_000])
def test_a_voice_is_cut_in_its_pause(rate: int) -> None:
    """Two lines with a second between them are two pieces, cut in that second; nothing is lost."""
    line, pause = spoken(rate), np.zeros(rate, np.float32)
    samples = np.concatenate([line, pause, line, pause])
    pieces = cut(samples, rate, 1000)
    assert len(pieces) == 2 and np.array_equal(np.concatenate(pieces), samples)
    assert len(line) < len(pieces[0]) < len(line) + rate
    assert len(pieces[0]) / rate >= LEAST_S


@pytest.mark.parametrize("step", [37, 1600, 200_000])
def test_cuts_do_not_depend_on_how_samples_came(step: int) -> None:
    """Sample by sample or at once: the same pieces."""
    samples = np.concatenate([spoken(), np.zeros(RATE // 2, np.float32)] * 2)
    assert [len(piece) for piece in cut(samples, RATE, step)] == [len(piece) for piece in cut(samples, RATE, 512)]


def test_a_voice_without_a_pause_is_cut_at_last() -> None:
    """No piece is longer than a recogniser takes; a quiet room's are as long."""
    line = spoken()
    talk = np.resize(line[: 2 * RATE], round(2.2 * MOST_S * RATE)).astype(np.float32)
    for samples in (talk, 0 * talk):
        pieces = cut(samples, RATE, 4000)
        assert np.array_equal(np.concatenate(pieces), samples)
        assert max(map(len, pieces)) <= (MOST_S + 0.1) * RATE


def test_quiet_after_a_cut_belongs_to_the_next_words() -> None:
    """A voice cut at last as it falls quiet: no piece is of silence alone."""
    talk = np.resize(spoken()[: 2 * RATE], round((MOST_S - 0.2) * RATE)).astype(np.float32)
    pieces = cut(np.concatenate([talk, np.zeros(8 * RATE, np.float32), spoken()]), RATE, 4000)
    assert len(pieces[0]) == pytest.approx(MOST_S * RATE, abs=512)
    assert all(np.abs(piece).max() > 0.05 for piece in pieces)


def test_the_last_seconds_are_kept() -> None:
    """Of a long turn the end is left, whole parts of it; of none nothing."""
    kept = LastSeconds(10, 2.0)
    assert len(kept.rest) == 0
    for number in range(10):
        assert kept.push(np.full(7, number, np.float32)) == []
    assert kept.rest[-1] == 9 and 20 <= len(kept.rest) <= 27

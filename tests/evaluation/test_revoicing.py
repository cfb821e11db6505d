"""Lines in the voices of others."""

import numpy as np
import pytest

from solami.evaluation.measures import Measure
from solami.evaluation.recordings import Recording
from solami.evaluation.revoicing import revoicing_measures
from solami.frames import AudioChunk, Codes, FloatArray
from solami.tokenizers.base import Voice
from solami.tokenizers.dummy_speech import DummySpeechTokenizer


class Parrot(DummySpeechTokenizer):
    """A voice is the sign of its reference; what it decodes has that sign, and is half as loud where it is negative."""

    def embed_voice(self, name: str, reference: AudioChunk) -> Voice:
        sign = 1.0 if reference.samples.mean() > 0 else -1.0
        return Voice(name, np.array([sign], np.float32))

    def decode(self, codes: Codes, voice: Voice) -> FloatArray:
        sign = float(voice.embedding[0])
        return np.full(len(codes.values) * 640, 0.2 if sign > 0 else -0.1, np.float32)


class Half:
    """Understands the first of two words of what is quiet, both of what is loud."""

    def words(self, samples: FloatArray) -> str:
        return "two words" if np.abs(samples).max() > 0.15 else "two"


class Deaf:
    """Hears nothing."""

    def words(self, samples: FloatArray) -> str:
        return ""


def _said(source: str, level: float) -> Recording:
    return Recording(source, "two words", AudioChunk(np.full(32_000, level, np.float32), 16_000))


def _measured(lines: list[Recording], voices: list[Recording]) -> list[Measure]:
    return revoicing_measures(Parrot(), {"word_error": Half(), "word_error_of_ear": Deaf()}, lines, voices, "test")


def test_words_and_likeness_are_told_for_voices_of_every_source() -> None:
    """The speaker's own voice is the baseline; a voice that costs a word of two, and is met, has a row of its own."""
    lines = [_said("agent", 0.3)] * 3
    voices = [_said("low", -0.2), _said("high", 0.4), _said("low", -0.3)]
    rows = {(row.source, row.name): row for row in _measured(lines, voices)}
    low, high = (rows[f"agent in {kind}", "word_error_revoiced"] for kind in ("low", "high"))
    assert (low.value, low.baseline, low.n) == (0.5, 0.0, 3) and (high.value, high.baseline) == (0.0, 0.0)
    assert rows["agent in high", "word_error_of_ear_revoiced"].value == 1.0
    met = rows["agent in low", "voice_likeness_revoiced"]
    assert met.value == pytest.approx(1.0) and met.baseline == pytest.approx(-1.0)

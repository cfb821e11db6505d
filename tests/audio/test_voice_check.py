"""A voice reference is judged by its speech."""

from pathlib import Path

import numpy as np
import pytest

from solami.audio.voice_check import check_voice
from solami.audio.wav import read_audio
from solami.errors import InputError
from solami.frames import AudioChunk, FloatArray


@pytest.fixture(scope="module")
def reader(data_pack: Path) -> FloatArray:
    """Six seconds of a real reader at -20 dBFS."""
    files = sorted((data_pack / "speech" / "librispeech" / "5142").glob("*.opus"))
    samples = np.concatenate([read_audio(file, 16_000).samples for file in files[:3]])[: 6 * 16_000]
    return (samples * 0.1 / np.sqrt(np.mean(samples**2))).astype(np.float32)


def faults(samples: FloatArray) -> str:
    """What is wrong with them."""
    return " ".join(check_voice(AudioChunk(samples.astype(np.float32), 16_000)).faults)


def test_a_clean_reader_will_do(reader: FloatArray) -> None:
    """Six seconds of clear speech have no fault, and their figures are plausible."""
    report = check_voice(AudioChunk(reader.copy(), 16_000))
    assert report.faults == ()
    assert report.seconds == 6.0 and 3.0 < report.speech_s < 6.0
    assert -22 < report.speech_dbfs < -16 and report.noise_dbfs < report.speech_dbfs - 20
    assert report.clipped == 0.0


def test_each_fault_is_named_with_its_cure(reader: FloatArray) -> None:
    """Too short, too soft, clipped, noisy and mostly silent recordings say so and what to do."""
    rng = np.random.default_rng(0)
    assert "record more" in faults(reader[:32_000])
    assert "raise the gain" in faults(reader * 0.03)
    assert "less gain" in faults(np.clip(reader * 12, -1, 1))
    assert "quiet room" in faults(reader + rng.standard_normal(len(reader)) * 0.03)
    assert "cut the pauses" in faults(np.concatenate([reader, np.zeros(12 * 16_000)]))
    assert "clearest 6 s" in faults(np.tile(reader, 11))


def test_silence_and_nothing_are_too_short() -> None:
    """Where nobody speaks, the one fault is that there is no speech."""
    for samples in (np.zeros(0), np.zeros(160_000)):
        assert faults(samples).startswith("it holds 0.0 s of speech")


def test_another_rate_is_refused() -> None:
    """The check takes 16 kHz only and says so."""
    with pytest.raises(InputError, match="24000 Hz"):
        check_voice(AudioChunk(np.zeros(24_000, np.float32), 24_000))

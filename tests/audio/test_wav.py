"""Audio files and what is wrong with some."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from solami.audio.wav import read_audio, write_wav
from solami.errors import InputError
from solami.frames import AudioChunk


def test_files_round_trip(tmp_path: Path) -> None:
    """What is written is read, to half a step of 16 bits."""
    samples = np.linspace(-1, 1, 1600, dtype=np.float32)
    write_wav(tmp_path / "a.wav", AudioChunk(samples.copy(), 16000))
    np.testing.assert_allclose(read_audio(tmp_path / "a.wav", 16000).samples, samples, atol=1e-4)


def test_stereo_becomes_mono_at_the_asked_rate(tmp_path: Path) -> None:
    """Channels are averaged and the rate is converted."""
    soundfile.write(tmp_path / "a.wav", np.stack([np.full(44100, 0.5), np.zeros(44100)], 1), 44100)
    audio = read_audio(tmp_path / "a.wav", 16000)
    assert len(audio.samples) == 16000
    np.testing.assert_allclose(audio.samples[1000:-1000], 0.25, atol=1e-3)


@pytest.mark.parametrize(
    ("name", "make", "match"),
    [
        ("missing.wav", lambda path: None, "no such file"),
        ("text.wav", lambda path: path.write_text("hello"), "not an audio file"),
        ("zero.wav", lambda path: path.write_bytes(b""), "not an audio file"),
        ("empty.wav", lambda path: soundfile.write(path, np.zeros(0), 16000), "no samples"),
        ("nan.wav", lambda path: soundfile.write(path, np.full(9, np.nan), 16000, subtype="FLOAT"), "NaN"),
    ],
)
def test_bad_files_are_named(tmp_path: Path, name: str, make: Callable[[Path], object], match: str) -> None:
    """A missing, foreign, empty or NaN file gets one clear sentence."""
    make(tmp_path / name)
    with pytest.raises(InputError, match=match):
        read_audio(tmp_path / name, 16000)

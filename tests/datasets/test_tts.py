import numpy as np
import pytest

from solami.datasets.flite import flite_exists
from solami.datasets.tts import EspeakSynthesizer, FliteSynthesizer, Synthesizer, normalise
from solami.errors import InputError

pytest.importorskip("espeakng_loader", reason="needs the extra `data`")
VOICES = ["espeak"] + (["flite"] if flite_exists() else [])


def synthesizer(kind: str) -> Synthesizer:
    return FliteSynthesizer() if kind == "flite" else EspeakSynthesizer("en-us+f3")


@pytest.mark.parametrize("kind", VOICES)
def test_speech_has_sound_and_phones_in_order(kind: str) -> None:
    """A line gives a plausible length, audible samples, and phones that follow each other within it."""
    line = synthesizer(kind).speak("Hello there, my friend.")
    seconds = len(line.audio.samples) / line.audio.sample_rate
    assert 0.8 < seconds < 4 and np.abs(line.audio.samples).max() > 0.1
    assert len(line.phones) > 10
    assert all(a[2] <= b[1] + 1e-3 and a[1] <= a[2] for a, b in zip(line.phones, line.phones[1:], strict=False))
    assert line.phones[-1][2] <= seconds + 0.1


@pytest.mark.parametrize("kind", VOICES)
def test_silence_cannot_be_spoken(kind: str) -> None:
    """A text without a letter or digit is an InputError."""
    with pytest.raises(InputError, match="letter"):
        synthesizer(kind).speak(" ... ")


@pytest.mark.parametrize("kind", VOICES)
def test_numbers_sound_as_their_words(kind: str) -> None:
    """A price, a time and a title are spoken as when they are written out."""
    pytest.importorskip("inflect", reason="needs the extra `data`")
    written = synthesizer(kind).speak("Dr. Lee paid $5.50 at 3:30 pm.")
    words = synthesizer(kind).speak("Doctor Lee paid five dollars and fifty cents at three thirty P M.")
    assert [name for name, _, _ in written.phones] == [name for name, _, _ in words.phones]


def test_wrong_voices_are_named() -> None:
    """An unknown voice is an InputError that shows the name."""
    with pytest.raises(InputError, match="klingon"):
        EspeakSynthesizer("klingon")


def test_text_is_made_plain() -> None:
    """Curly quotes become straight, line breaks become spaces, and markup goes."""
    assert normalise("It\u2019s\n*fine*") == "It's fine"

"""Phone times of known words."""

import re

import numpy as np
import pytest

from solami.audio.resample import resample
from solami.datasets.forced_alignment import ForcedAligner, _with_schwas
from solami.datasets.tts import EspeakSynthesizer
from solami.errors import InputError

pytest.importorskip("pocketsphinx", reason="forced alignment needs solami[eval]")
PHONES = {"seven": "s eh v ax n", "brillig": "b r ih l ih g"}


def _pronounce(text: str) -> list[str]:
    return [phone for word in re.findall(r"[a-z]+", text.lower()) for phone in PHONES.get(word, "pau").split()]


def _line(text: str) -> np.ndarray:
    audio = EspeakSynthesizer("en-us", words_a_minute=130).speak(text).audio
    return resample(audio.samples, audio.sample_rate, 16_000)


def test_phones_follow_each_other_through_the_line() -> None:
    """The phones of the words come in order, with rising starts inside the clip; an unknown word is pronounced."""
    samples = _line("seven brillig seven")
    found = ForcedAligner(_pronounce).align(samples, "Seven brillig, seven!")
    assert found is not None
    names = [name for name, _ in found if name != "pau"]
    starts = [start for _, start in found]
    assert names == ["s", "eh", "v", "ax", "n", "b", "r", "ih", "l", "ih", "g", "s", "eh", "v", "ax", "n"]
    assert starts == sorted(starts) and starts[0] >= 0 and starts[-1] < len(samples) / 16_000


def test_words_that_are_not_there_are_not_found() -> None:
    """Half a second of silence holds no long sentence; the aligner works on afterwards."""
    aligner = ForcedAligner(_pronounce)
    assert aligner.align(np.zeros(8000, np.float32), "seven brillig seven brillig seven brillig seven") is None
    assert aligner.align(_line("seven"), "seven") is not None


def test_schwas_are_what_the_pronunciation_says() -> None:
    """The recogniser's `ah` becomes `ax` in the second syllable of seven, and stays in a word that has none."""
    assert _with_schwas(["s", "eh", "v", "ah", "n"], ["s", "eh", "v", "ax", "n"]) == ["s", "eh", "v", "ax", "n"]
    assert _with_schwas(["pau", "k", "ah", "p"], ["pau", "k", "ah", "p"]) == ["pau", "k", "ah", "p"]


def test_without_the_recogniser_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """An InputError names the extra."""
    monkeypatch.setitem(__import__("sys").modules, "pocketsphinx", None)
    with pytest.raises(InputError, match=r"solami\[eval\]"):
        ForcedAligner(_pronounce)

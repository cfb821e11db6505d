"""Viseme accuracy, measured on mouths that are right and wrong by construction."""

import numpy as np
import pytest

from solami.datasets.flite import flite_exists
from solami.evaluation.visemes import TimedSpeech, synthetic_clips, true_visemes, viseme_measures
from solami.frames import VISEMES, Codes, VisemeChunk
from solami.tokenizers.base import MouthDecoder
from solami.tokenizers.dummy_speech import DummySpeechTokenizer

CLIP = TimedSpeech("human", np.zeros(16_000, np.float32), ["pau", "b", "aa", "pau"], [0.0, 0.2, 0.4, 0.8])


class Mouth(MouthDecoder):
    """Shows one shape, whatever it hears."""

    def __init__(self, shape: str) -> None:
        self._row = np.eye(15, dtype=np.float32)[VISEMES.index(shape)]

    def push(self, codes: Codes) -> VisemeChunk:
        """That shape for every code."""
        return VisemeChunk(np.tile(self._row, (codes.values.shape[1], 1)))

    def flush(self) -> VisemeChunk:
        """Nothing was held back."""
        return VisemeChunk(np.zeros((0, 15), np.float32))


def test_truth_is_the_phone_at_the_middle_of_the_frame() -> None:
    """Frames take the phone that sounds in their middle, the last one to the end."""
    names = [VISEMES[v] for v in true_visemes(CLIP.phones, CLIP.starts_s, 25, 25.0)]
    assert names == ["sil"] * 5 + ["PP"] * 5 + ["aa"] * 10 + ["sil"] * 5


@pytest.mark.parametrize(("shape", "of_all", "of_voiced"), [("aa", 0.4, 2 / 3), ("sil", 0.4, 0.0), ("PP", 0.2, 1 / 3)])
def test_accuracy_is_the_share_of_frames(shape: str, of_all: float, of_voiced: float) -> None:
    """A mouth that never moves is right as often as its shape is due; the baseline is the commonest shape's share."""
    rows = {row.name: row for row in viseme_measures(DummySpeechTokenizer(), lambda: Mouth(shape), [CLIP], "val")}
    assert rows["viseme_accuracy"].value == pytest.approx(of_all)
    assert rows["viseme_accuracy_voiced"].value == pytest.approx(of_voiced)
    assert rows["viseme_accuracy"].baseline == pytest.approx(0.4)
    assert rows["viseme_accuracy_voiced"].baseline == pytest.approx(2 / 3)


@pytest.mark.skipif(not flite_exists(), reason="flite is not installed")
def test_synthetic_speech_brings_its_own_times() -> None:
    """Every text becomes a clip whose phones begin one after the other within it."""
    (clip,) = synthetic_clips(["Hello there."])
    assert clip.source == "synthetic"
    assert list(clip.starts_s) == sorted(clip.starts_s)
    assert 0 < clip.starts_s[-1] < len(clip.samples) / 16_000

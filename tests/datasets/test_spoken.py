from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solami.datasets.spoken import SpokenStore, trimmed, whole_beats
from solami.datasets.tts import SpokenLine
from solami.errors import InputError
from solami.frames import AudioChunk


def tone(seconds: float, hz: float = 440.0) -> np.ndarray:
    return (0.3 * np.sin(2 * np.pi * hz * np.arange(round(seconds * 16000)) / 16000)).astype(np.float32)


def test_a_store_gives_back_what_it_was_given(tmp_path: Path) -> None:
    """Lines come back from a reopened folder by role and text, and a shard can be read at one go."""
    store = SpokenStore(tmp_path)
    store.add([("agent", "Hello.", "v", tone(0.5)), ("user", "Hello.", "w", tone(0.3, 300))])
    store.add([("agent", "Bye.", "v", tone(0.2))])
    again = SpokenStore(tmp_path)
    assert len(again) == 3 and ("agent", "Bye.") in again and again.texts("agent") == ["Hello.", "Bye."]
    np.testing.assert_allclose(again.load("user", "Hello."), tone(0.3, 300), atol=1e-4)
    assert [(role, text, len(s)) for role, text, s in again.read_shard("00001")] == [("agent", "Bye.", 3200)]
    with pytest.raises(InputError, match="data build"):
        again.load("user", "Bye.")


def test_trimming_keeps_what_sounds() -> None:
    """Pauses at both ends go, but for the asked margins."""
    line = SpokenLine(AudioChunk(tone(1.0), 16000), [("pau", 0, 0.2), ("ah", 0.2, 0.7), ("pau", 0.7, 1.0)])
    assert len(trimmed(line, lead_s=0.02, tail_s=0.06)) == round(0.58 * 16000)


@given(st.integers(0, 20000))
def test_padding_ends_on_a_beat(count: int) -> None:
    """Padding gives the fewest whole beats, keeps the samples and adds only faint noise."""
    padded = whole_beats(np.ones(count, np.float32))
    assert len(padded) % 6400 == 0 and len(padded) - max(count, 1) < 6400
    assert (padded[:count] == 1).all() and (np.abs(padded[count:]) < 0.01).all()

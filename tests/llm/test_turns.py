"""Beats are cut from codes by the code rates alone."""

import numpy as np
import pytest

from solami.errors import ConfigError, InputError
from solami.frames import Codes
from solami.llm.turns import BeatShape, beats_from_codes, frames_per_beat
from solami.llm.vocabulary import Vocabulary


def codes(modality: str, books: int, frames: int, rate: float) -> Codes:
    """Counting codes, so that every frame is known again."""
    values = np.arange(frames, dtype=np.int32)[None].repeat(books, 0)
    return Codes(modality, values, rate)  # type: ignore[arg-type]


def test_beats_hold_whole_04_s_of_every_modality() -> None:
    """As many beats come out as the shortest modality fills, in order, the rest is dropped."""
    beats = beats_from_codes(codes("speech", 1, 29, 25.0), codes("body", 2, 9, 7.5), codes("hands", 1, 8, 7.5))
    assert len(beats) == 2
    assert beats[1].speech is not None and beats[1].speech[0].tolist() == list(range(10, 20))
    assert beats[1].body is not None and beats[1].body.tolist() == [[3, 4, 5], [3, 4, 5]]
    assert beats_from_codes(codes("speech", 1, 10, 25.0), None, None)[0].body is None


def test_a_beat_needs_whole_code_frames_and_both_halves_of_a_body() -> None:
    """A rate that does not fill a beat, and a body without hands, are errors."""
    assert [frames_per_beat(rate) for rate in (25.0, 7.5, 12.5)] == [10, 3, 5]
    with pytest.raises(ConfigError, match="multiple of"):
        frames_per_beat(8.0)
    with pytest.raises(InputError, match="body and hands"):
        beats_from_codes(None, codes("body", 1, 3, 7.5), None)


def test_the_shape_of_a_beat_follows_from_the_specs(vocabulary: Vocabulary) -> None:
    """Books times frames a beat, for the flags given."""
    shape = BeatShape.of(vocabulary)
    assert (shape.body, shape.hands, shape.speech) == (6, 3, 10)
    assert shape.ids(speech=True, body=False) == 10 and shape.ids(speech=True, body=True) == 19

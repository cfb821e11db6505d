"""Streaming sample-rate conversion."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solami.audio.resample import StreamResampler, resample

SIGNAL = np.random.default_rng(0).standard_normal(4800).astype(np.float32)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 4800), max_size=12), st.sampled_from([(24000, 16000), (16000, 24000), (16000, 16000)]))
def test_chunking_changes_nothing(cuts: list[int], rates: tuple[int, int]) -> None:
    """Any chunking gives bit for bit the whole conversion."""
    stream = StreamResampler(*rates)
    parts = [stream.push(part) for part in np.split(SIGNAL, sorted(cuts))]
    np.testing.assert_array_equal(np.concatenate([*parts, stream.flush()]), resample(SIGNAL, *rates))


@pytest.mark.parametrize(("source", "target"), [(24000, 16000), (16000, 24000)])
def test_a_tone_keeps_pitch_length_and_place(source: int, target: int) -> None:
    """A tone comes out as the same tone, as long as before, without delay."""
    tone = np.sin(2 * np.pi * 440 * np.arange(source) / source).astype(np.float32)
    expected = np.sin(2 * np.pi * 440 * np.arange(target) / target)
    got = resample(tone, source, target)
    assert len(got) == target
    np.testing.assert_allclose(got[500:-500], expected[500:-500], atol=1e-3)


def test_flush_starts_anew() -> None:
    """After a flush the next signal is converted as the first was."""
    stream = StreamResampler(24000, 16000)
    first = np.concatenate([stream.push(SIGNAL), stream.flush()])
    np.testing.assert_array_equal(first, np.concatenate([stream.push(SIGNAL), stream.flush()]))

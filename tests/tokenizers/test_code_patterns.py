"""Laying codebooks side by side loses nothing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solami.errors import ConfigError, InputError
from solami.frames import AudioChunk, Codes, FloatArray, IntArray
from solami.tokenizers.base import CodeSpec, SpeechDecoder, SpeechEncoder, SpeechTokenizer, Voice
from solami.tokenizers.code_patterns import PATTERNS, DelayPattern, FlatPattern, FlatTokenizer, build_pattern

SIZE = 10


def codes(books: int, count: int) -> IntArray:
    """Random codes [books, count]."""
    return np.random.default_rng(books * 100 + count).integers(0, SIZE, (books, count)).astype(np.int32)


@pytest.mark.parametrize("name", PATTERNS)
@settings(max_examples=40, deadline=None)
@given(books=st.integers(1, 5), count=st.integers(0, 12))
def test_undo_is_the_inverse(name: str, books: int, count: int) -> None:
    """Every scheme gives back what it laid out."""
    pattern = build_pattern(name, CodeSpec("speech", SIZE, books, 50.0))
    assert np.array_equal(pattern.undo(pattern.apply(codes(books, count))), codes(books, count))


@pytest.mark.parametrize("name", PATTERNS)
@settings(max_examples=40, deadline=None)
@given(books=st.integers(1, 5), count=st.integers(1, 8), data=st.data())
def test_a_stream_that_is_not_over_gives_its_whole_codes(
    name: str, books: int, count: int, data: st.DataObject
) -> None:
    """The first steps give the first codes, as many as are whole."""
    pattern = build_pattern(name, CodeSpec("speech", SIZE, books, 50.0))
    laid = pattern.apply(codes(books, count))
    steps = data.draw(st.integers(0, laid.shape[1]))
    whole = steps // books if name == "flat" else max(0, steps - books + 1)
    assert np.array_equal(pattern.undo(laid[:, :steps]), codes(books, count)[:, :whole])


def test_layouts() -> None:
    """Flat shifts each book's entries and interleaves; delay steps down with a filler."""
    values = np.array([[1, 2, 3], [4, 5, 6]], np.int32)
    assert FlatPattern(2, SIZE).apply(values).tolist() == [[1, 14, 2, 15, 3, 16]]
    assert DelayPattern(2, SIZE).apply(values).tolist() == [[1, 2, 3, 10], [10, 4, 5, 6]]


def test_wrong_rows_and_names_are_refused() -> None:
    """The number of rows must fit, and an unknown scheme is answered with those there are."""
    with pytest.raises(InputError, match="3 rows, expected 2"):
        FlatPattern(2, SIZE).apply(codes(3, 1))
    with pytest.raises(ConfigError, match="delay"):
        build_pattern("zigzag", CodeSpec("speech", SIZE, 2, 50.0))


class TwoBooks(SpeechTokenizer, SpeechEncoder, SpeechDecoder):
    """Ten samples a code: the first two, as numbers 0 to 9; its own encoder and decoder."""

    spec = CodeSpec("speech", SIZE, 2, 50.0)
    sample_rate = 500

    def encoder(self) -> SpeechEncoder:
        """Itself."""
        return self

    def decoder(self, voice: Voice) -> SpeechDecoder:
        """Itself."""
        return self

    def embed_voice(self, name: str, reference: AudioChunk) -> Voice:
        """Any."""
        return Voice(name, np.ones(1, np.float32))

    def push(self, given: FloatArray | Codes) -> Codes | FloatArray:  # type: ignore[override]
        """Both ways."""
        if isinstance(given, Codes):
            return np.repeat(given.values, 5, axis=0).T.reshape(-1).astype(np.float32)
        return Codes("speech", given.reshape(-1, 10)[:, ::5].T.astype(np.int32), 50.0)

    def flush(self) -> Codes | FloatArray:  # type: ignore[override]
        """Nothing is held back."""
        return Codes("speech", np.zeros((2, 0), np.int32), 50.0)


def test_a_flat_tokenizer_has_one_codebook() -> None:
    """Two books become one of twice the entries at twice the rate; half codes wait in the decoder."""
    flat = FlatTokenizer(TwoBooks())
    assert (flat.spec.num_codebooks, flat.spec.codebook_size, flat.spec.frame_rate) == (1, 20, 100.0)
    sound = TwoBooks().push(Codes("speech", codes(2, 4), 50.0))
    assert isinstance(sound, np.ndarray)
    laid = flat.encode(sound)
    assert laid.values.shape == (1, 8)
    decoder = flat.decoder(Voice("any", np.ones(1, np.float32)))
    parts = [decoder.push(Codes("speech", part.copy(), 100.0)) for part in np.split(laid.values, [1, 4, 5], axis=1)]
    assert [len(part) for part in parts] == [0, 20, 0, 20]
    np.testing.assert_array_equal(np.concatenate(parts), sound)

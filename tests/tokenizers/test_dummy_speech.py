"""The fake speech tokenizer is exact, streams, and refuses foreign codes."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solami.errors import InputError, TokenizerError
from solami.frames import AudioChunk, Codes
from solami.tokenizers.base import Voice
from solami.tokenizers.dummy_speech import DummySpeechTokenizer

TOKENIZER = DummySpeechTokenizer()
VOICE = Voice("any", np.ones(1, np.float32))


@given(st.lists(st.integers(0, 255), min_size=1, max_size=30))
def test_every_code_comes_back_from_its_tone(values: list[int]) -> None:
    """Decoding and encoding again gives the same codes."""
    codes = Codes("speech", np.array([values], np.int32), 25.0)
    samples = TOKENIZER.decode(codes, VOICE)
    assert samples.shape == (640 * len(values),)
    assert TOKENIZER.encode(samples).values.tolist() == [values]


@given(st.integers(1, 5000), st.lists(st.integers(1, 900), min_size=1))
def test_encoding_in_chunks_equals_encoding_whole(length: int, cuts: list[int]) -> None:
    """Pushing any chunks and flushing gives the codes of one call, padded to a whole code."""
    samples = np.random.default_rng(length).normal(0, 0.1, length).astype(np.float32)
    encoder, parts, start = TOKENIZER.encoder(), [], 0
    for cut in cuts:
        parts.append(encoder.push(samples[start : start + cut]).values)
        start += cut
    parts += [encoder.push(samples[start:]).values, encoder.flush().values]
    whole = TOKENIZER.encode(samples).values
    assert whole.shape == (1, -(-length // 640))
    assert np.array_equal(np.concatenate(parts, axis=1), whole)


def test_silence_is_code_zero_both_ways() -> None:
    """Silence encodes to code 0, and code 0 decodes to exact zeros."""
    codes = TOKENIZER.encode(np.zeros(1280, np.float32))
    assert codes.values.tolist() == [[0, 0]]
    assert not TOKENIZER.decode(codes, VOICE).any()


def test_foreign_codes_are_refused() -> None:
    """Codes of another modality or beyond the codebook are an error."""
    with pytest.raises(TokenizerError, match="expected speech"):
        TOKENIZER.decode(Codes("body", np.zeros((1, 1), np.int32), 7.5), VOICE)
    with pytest.raises(TokenizerError, match="below 256"):
        TOKENIZER.decode(Codes("speech", np.full((1, 1), 256, np.int32), 25.0), VOICE)
    with pytest.raises(InputError, match="312"):
        DummySpeechTokenizer(313)


def test_a_voice_is_a_unit_vector_at_the_right_rate() -> None:
    """A voice has unit length, and audio at another rate is refused."""
    audio = np.random.default_rng(0).normal(0, 0.1, 1600).astype(np.float32)
    assert np.linalg.norm(TOKENIZER.embed_voice("a", AudioChunk(audio, 16_000)).embedding) == pytest.approx(1.0)
    with pytest.raises(InputError, match="16000 Hz"):
        TOKENIZER.embed_voice("a", AudioChunk(audio.copy(), 24_000))

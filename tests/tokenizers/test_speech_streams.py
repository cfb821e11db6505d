"""Running speech encodes and decodes: chunks equal whole, and bad input is refused, on a small random network."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from solami.errors import InputError, TokenizerError
from solami.frames import Codes, FloatArray
from solami.tokenizers.base import Voice
from solami.tokenizers.modules.speech_net import SpeechNet, SpeechNetConfig
from solami.tokenizers.speech import NeuralSpeechTokenizer

SMALL = SpeechNetConfig(width=32, front_width=16, encoder_blocks=2, trunk_blocks=1, decoder_blocks=1, voice_dim=8)
torch.manual_seed(0)
TOKENIZER = NeuralSpeechTokenizer(SpeechNet(SMALL))
VOICE = Voice("tone", np.full(8, 8**-0.5, np.float32))


def glide(count: int) -> FloatArray:
    """A tone with harmonics that glides, as speech does."""
    t = np.arange(count) / 16_000
    wave = sum(np.sin(2 * np.pi * k * (110 * t + 20 * t**2)) / k for k in range(1, 8))
    return (0.1 * wave).astype(np.float32)


@settings(max_examples=15, deadline=None)
@given(cuts=st.lists(st.integers(0, 20_000), max_size=8), length=st.integers(1, 20_000))
def test_chunked_encode_equals_whole(cuts: list[int], length: int) -> None:
    """Codes do not depend on how the samples were chunked, and there is one for each started 40 ms."""
    signal = glide(length)
    encoder = TOKENIZER.encoder()
    parts = [encoder.push(piece).values for piece in np.split(signal, sorted(c for c in cuts if c < length))]
    parts.append(encoder.flush().values)
    whole = TOKENIZER.encode(signal).values
    assert np.array_equal(np.concatenate(parts, axis=1), whole)
    assert whole.shape == (1, -(-length // 640))


@settings(max_examples=15, deadline=None)
@given(cuts=st.lists(st.integers(1, 39), max_size=6))
def test_chunked_decode_equals_whole(cuts: list[int]) -> None:
    """Decoded samples do not depend on how the codes were chunked, and 640 come for each code."""
    values = np.random.default_rng(1).integers(0, 2048, (1, 40)).astype(np.int32)
    decoder = TOKENIZER.decoder(VOICE)
    pieces = [decoder.push(Codes("speech", piece.copy(), 25.0)) for piece in np.split(values, sorted(cuts), axis=1)]
    streamed = np.concatenate([*pieces, decoder.flush()])
    whole = TOKENIZER.decode(Codes("speech", values, 25.0), VOICE)
    assert streamed.shape == whole.shape == (40 * 640,)
    assert np.abs(streamed - whole).max() <= 1e-5


def test_first_beat_leaves_at_once() -> None:
    """Ten codes give all but the last 50 ms of their 400 ms before anything else is known."""
    decoder = TOKENIZER.decoder(VOICE)
    assert len(decoder.push(Codes("speech", np.zeros((1, 10), np.int32), 25.0))) >= 6400 - 800


def test_codes_outside_the_codebook_are_refused() -> None:
    """A code past the last entry is an error, not noise."""
    with pytest.raises(TokenizerError, match=r"0\.\.2047"):
        TOKENIZER.decoder(VOICE).push(Codes("speech", np.array([[2048]], np.int32), 25.0))


def test_nan_samples_are_refused() -> None:
    """NaN never reaches the network's state."""
    with pytest.raises(InputError, match="NaN"):
        TOKENIZER.encoder().push(np.array([np.nan], np.float32))

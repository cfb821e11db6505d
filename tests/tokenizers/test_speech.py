"""The neural speech tokenizer: streaming, voices, files and faults, on a small random network."""

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from solami.errors import ConfigError, InputError, TokenizerError
from solami.frames import AudioChunk, Codes, FloatArray
from solami.tokenizers.modules.speech_net import SpeechNet, SpeechNetConfig
from solami.tokenizers.speech import NeuralSpeechTokenizer, save_net
from solami.tokenizers.speech_streams import soft_limited

SHIPPED = Path(__file__).parents[2] / "solami" / "checkpoints" / "default"
SMALL = SpeechNetConfig(width=32, front_width=16, encoder_blocks=2, trunk_blocks=1, decoder_blocks=1, voice_dim=8)


def small_tokenizer() -> NeuralSpeechTokenizer:
    torch.manual_seed(0)
    return NeuralSpeechTokenizer(SpeechNet(SMALL))


TOKENIZER = small_tokenizer()


def buzz(seconds: float) -> FloatArray:
    """A tone with harmonics that glides, as speech does."""
    t = np.arange(int(seconds * 16_000)) / 16_000
    wave = sum(np.sin(2 * np.pi * k * (110 * t + 20 * t**2)) / k for k in range(1, 8))
    return (0.1 * wave).astype(np.float32)


VOICE = TOKENIZER.embed_voice("tone", AudioChunk(buzz(2.0), 16_000))


@settings(max_examples=15, deadline=None)
@given(cuts=st.lists(st.integers(0, 20_000), max_size=8), length=st.integers(1, 20_000))
def test_chunked_encode_equals_whole(cuts: list[int], length: int) -> None:
    """Codes do not depend on how the samples were chunked, and there is one for each started 40 ms."""
    signal = buzz(1.25)[:length]
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
    values = np.random.default_rng(1).integers(0, 1000, (1, 40)).astype(np.int32)
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


def test_voice_changes_the_sound_not_the_codes() -> None:
    """The same codes in two voices give different samples, and a voice is a unit vector."""
    other = TOKENIZER.embed_voice("other", AudioChunk(buzz(2.0)[::-1].copy() ** 3, 16_000))
    codes = TOKENIZER.encode(buzz(1.0))
    assert np.abs(TOKENIZER.decode(codes, VOICE) - TOKENIZER.decode(codes, other)).max() > 1e-4
    assert np.linalg.norm(other.embedding) == pytest.approx(1.0, abs=1e-4)


def test_saved_network_gives_the_same_codes(tmp_path: Path) -> None:
    """A float16 checkpoint loads as float32 and reloading it changes nothing more."""
    save_net(TOKENIZER.net, tmp_path)
    once = NeuralSpeechTokenizer.load(tmp_path)
    save_net(once.net, tmp_path / "again")
    twice = NeuralSpeechTokenizer.load(tmp_path / "again")
    signal = buzz(1.0)
    assert np.array_equal(once.encode(signal).values, twice.encode(signal).values)


def test_missing_checkpoint_is_named(tmp_path: Path) -> None:
    """A folder without the files is refused with its path."""
    with pytest.raises(ConfigError, match=r"speech\.json"):
        NeuralSpeechTokenizer.load(tmp_path)


@pytest.mark.parametrize(
    "reference",
    [AudioChunk(np.zeros(32_000, np.float32), 16_000), AudioChunk(buzz(0.5), 16_000), AudioChunk(buzz(2), 8_000)],
)
def test_useless_voice_reference_is_refused(reference: AudioChunk) -> None:
    """Silence, half a second and another sample rate are refused."""
    with pytest.raises(InputError, match="expected at least 1 s"):
        TOKENIZER.embed_voice("x", reference)


def test_codes_outside_the_codebook_are_refused() -> None:
    """A code past the last entry is an error, not noise."""
    with pytest.raises(TokenizerError, match=r"0\.\.999"):
        TOKENIZER.decoder(VOICE).push(Codes("speech", np.array([[1000]], np.int32), 25.0))


def test_nan_samples_are_refused() -> None:
    """NaN never reaches the network's state."""
    with pytest.raises(InputError, match="NaN"):
        TOKENIZER.encoder().push(np.array([np.nan], np.float32))


def test_loud_pulses_are_bent_and_speech_is_not() -> None:
    """Up to 0.8 nothing changes; beyond, order and sign stay and no sample reaches 1."""
    samples = torch.linspace(-4, 4, 801)
    limited = soft_limited(samples)
    assert torch.equal(limited[samples.abs() <= 0.8], samples[samples.abs() <= 0.8])
    assert limited.abs().max() < 1.0
    assert (limited.diff() >= 0).all()


def test_every_recording_has_a_voice() -> None:
    """A tenth of a second is repeated, and digital silence gets some voice; both have unit length."""
    tokenizer = small_tokenizer()
    for samples in (buzz(0.1), np.zeros(400, np.float32)):
        embedding = tokenizer.voice_of(AudioChunk(samples, 16_000)).embedding
        np.testing.assert_allclose(np.linalg.norm(embedding), 1.0, atol=1e-4)


@pytest.mark.weights
def test_silence_stays_silence() -> None:
    """Through the shipped codes a second of nothing is below -60 dBFS at every sample, the first ones included."""
    tokenizer = NeuralSpeechTokenizer.load(SHIPPED)
    nothing = np.zeros(16_000, np.float32)
    made = tokenizer.decode(tokenizer.encode(nothing), tokenizer.voice_of(AudioChunk(nothing, 16_000)))
    assert np.abs(made).max() < 1e-3

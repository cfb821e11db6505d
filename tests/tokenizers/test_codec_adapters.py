"""EnCodec, Mimi and DAC as tokenizers: tiny random models of the real classes."""

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import DacConfig, DacModel, EncodecConfig, EncodecModel, MimiConfig, MimiModel

from solami.errors import ConfigError, TokenizerError
from solami.frames import AudioChunk, Codes, FloatArray
from solami.tokenizers.base import Voice
from solami.tokenizers.codec_adapters import CodecTokenizer
from solami.tokenizers.codec_models import CodecModel, DacCodec, EncodecCodec, MimiCodec

VOICE = Voice("any", np.ones(1, np.float32))
SIZES: dict[str, Any] = {"hidden_size": 16, "num_filters": 4, "codebook_size": 64, "codebook_dim": 16}


def build(kind: str) -> EncodecModel | MimiModel | DacModel:
    """A random model of the family at 24 kHz: 75, 12.5 and 50 codes a second, 2 to 4 books."""
    torch.manual_seed(0)
    if kind == "encodec":
        sizes = SIZES | {"target_bandwidths": (0.9, 1.8), "num_lstm_layers": 1}
        return EncodecModel(EncodecConfig(**sizes, upsampling_ratios=[8, 5, 4, 2]))
    if kind == "mimi":
        attention = {"num_hidden_layers": 1, "num_attention_heads": 2, "num_key_value_heads": 2, "head_dim": 8}
        sizes = SIZES | attention | {"intermediate_size": 16, "vector_quantization_hidden_dimension": 16}
        return MimiModel(MimiConfig(**sizes, num_quantizers=4, upsample_groups=16, upsampling_ratios=[8, 6, 5, 4]))
    return DacModel(
        DacConfig(
            encoder_hidden_size=4, decoder_hidden_size=32, n_codebooks=3, codebook_size=64, sampling_rate=24_000,
            downsampling_ratios=[2, 4, 5, 12], upsampling_ratios=[12, 5, 4, 2],
        )
    )  # fmt: skip


CODECS: dict[str, Callable[[Any], CodecModel]] = {"encodec": EncodecCodec, "mimi": MimiCodec, "dac": DacCodec}


@cache
def tokenizer(kind: str, sample_rate: int | None = None) -> CodecTokenizer:
    """The family behind the interface, with a short context."""
    return CodecTokenizer(CODECS[kind](build(kind)), sample_rate, context_s=0.4)


def noise(samples: int) -> FloatArray:
    """Loud enough to reach many codes."""
    return (0.3 * np.random.default_rng(0).standard_normal(samples)).astype(np.float32)


@pytest.mark.parametrize(("kind", "rate", "books"), [("encodec", 75.0, 4), ("mimi", 12.5, 4), ("dac", 50.0, 3)])
def test_the_spec_is_the_models(kind: str, rate: float, books: int) -> None:
    """Code rate, codebooks and sample rate come from the model's configuration."""
    made = tokenizer(kind)
    spec = made.spec
    assert (spec.frame_rate, spec.num_codebooks, spec.codebook_size) == (rate, books, 64)
    assert made.sample_rate == 24_000


@pytest.mark.parametrize("kind", CODECS)
@settings(max_examples=4, deadline=None)
@given(cuts=st.lists(st.integers(0, 26_000), max_size=4), length=st.integers(1, 26_000))
def test_streaming_equals_whole(kind: str, cuts: list[int], length: int) -> None:
    """However samples and codes are cut, codes and samples are those of one call, one code for each started one."""
    made, signal = tokenizer(kind), noise(length)
    encoder = made.encoder()
    parts = [encoder.push(piece).values for piece in np.split(signal, sorted(c for c in cuts if c < length))]
    values = np.concatenate([*parts, encoder.flush().values], axis=1)
    whole = made.encode(signal)
    assert np.array_equal(values, whole.values)
    assert values.shape[1] == -(-length // made.samples_per_code)
    decoder, places = made.decoder(VOICE), sorted(cut % (values.shape[1] + 1) for cut in cuts)
    pieces = [decoder.push(Codes("speech", part, 50.0)) for part in np.split(values, places, axis=1)]
    sound = np.concatenate([*pieces, decoder.flush()])
    np.testing.assert_array_equal(sound, made.decode(whole, VOICE))
    assert len(sound) == values.shape[1] * made.samples_per_code


def test_a_codec_of_finite_reach_is_exact() -> None:
    """DAC in blocks gives the codes and samples of the model run once over everything."""
    made, net = tokenizer("dac"), build("dac")
    net.eval()
    signal = noise(480 * 60)
    with torch.inference_mode():
        codes = net.encode(torch.from_numpy(signal)[None, None]).audio_codes[0]
        sound = net.decode(audio_codes=codes[None]).audio_values[0].reshape(-1).numpy()
    assert np.array_equal(made.encode(signal).values, codes.numpy())
    decoded = made.decode(Codes("speech", codes.numpy().astype(np.int32), 50.0), VOICE)
    np.testing.assert_allclose(decoded[: len(sound)], sound, atol=1e-4)


@pytest.mark.parametrize("kind", ["encodec", "mimi"])
def test_what_fits_the_context_is_exact(kind: str) -> None:
    """As long as the context reaches back to the start, causal codecs in blocks are the model run once."""
    made, net = tokenizer(kind), CODECS[kind](build(kind))
    signal = noise(made.samples_per_code * 2 * made.block)
    with torch.inference_mode():
        codes = net.encode(torch.from_numpy(signal)[None, None])
        sound = net.decode(codes).numpy()
    assert np.array_equal(made.encode(signal).values, codes.numpy())
    decoded = made.decode(Codes("speech", codes.numpy().astype(np.int32), made.spec.frame_rate), VOICE)
    np.testing.assert_allclose(decoded[: len(sound)], sound[: len(decoded)], atol=1e-4)


@pytest.mark.parametrize(("kind", "rate"), [("encodec", 48_000), ("mimi", 16_000), ("dac", 16_000)])
def test_another_rate_outside_is_resampled(kind: str, rate: int) -> None:
    """Codes come at the model's rate and samples at the rate outside, both as many as due."""
    made = tokenizer(kind, rate)
    codes = made.encode(noise(16_123))
    assert codes.values.shape[1] == int(np.ceil(16_123 * made.spec.frame_rate / rate))
    sound = made.decode(codes, VOICE)
    assert len(sound) == codes.values.shape[1] * rate / made.spec.frame_rate
    assert np.isfinite(sound).all()


def test_rates_that_do_not_divide_are_refused() -> None:
    """A code must be a whole number of samples: EnCodec's 75 a second do not fit 16 kHz."""
    with pytest.raises(ConfigError, match="use 24000 Hz"):
        CodecTokenizer(tokenizer("encodec").codec, 16_000)


@pytest.mark.parametrize("kind", CODECS)
def test_a_folder_is_loaded_with_fewer_books(kind: str, tmp_path: Path) -> None:
    """`save_pretrained` and back; a part of the codebooks gives the first rows."""
    build(kind).save_pretrained(tmp_path)
    some = CodecTokenizer.load(tmp_path, 2)
    assert some.spec.num_codebooks == 2
    signal = noise(9600)
    assert np.array_equal(some.encode(signal).values, CodecTokenizer.load(tmp_path).encode(signal).values[:2])


def test_foreign_codes_are_refused() -> None:
    """Entries beyond the codebook and a wrong number of books are errors; a voice is accepted and says nothing."""
    made = tokenizer("dac")
    for values in (np.full((3, 2), 64, np.int32), np.zeros((2, 2), np.int32)):
        with pytest.raises(TokenizerError, match="expected 3"):
            made.decoder(VOICE).push(Codes("speech", values, 50.0))
    assert made.embed_voice("me", AudioChunk(noise(100), 24_000)).name == "me"

"""Codecs from folders, and how far they reach."""

from pathlib import Path

import pytest
import torch
from transformers import DacConfig, DacModel, EncodecConfig, EncodecModel, LlamaConfig

from solami.errors import ConfigError
from solami.tokenizers.codec_models import DacCodec, EncodecCodec, load_codec


def build() -> DacModel:
    """A tiny random DAC of three codebooks."""
    torch.manual_seed(0)
    sizes = {"encoder_hidden_size": 4, "decoder_hidden_size": 32, "n_codebooks": 3, "codebook_size": 64}
    return DacModel(DacConfig(**sizes, downsampling_ratios=[2, 4, 5, 8], upsampling_ratios=[8, 5, 4, 2]))


def test_what_cannot_be_loaded_is_said(tmp_path: Path) -> None:
    """No folder, another family, pickled weights and too many codebooks are ConfigErrors."""
    with pytest.raises(ConfigError, match="configuration"):
        load_codec(tmp_path / "none")
    LlamaConfig().save_pretrained(tmp_path / "llama")
    with pytest.raises(ConfigError, match="llama"):
        load_codec(tmp_path / "llama")
    build().save_pretrained(tmp_path / "dac")
    with pytest.raises(ConfigError, match="9 codebooks"):
        load_codec(tmp_path / "dac", 9)
    weights = tmp_path / "dac" / "model.safetensors"
    weights.rename(weights.with_name("pytorch_model.bin"))
    with pytest.raises(ConfigError, match="safetensors"):
        load_codec(tmp_path / "dac")


def test_reach_covers_every_sample_that_matters() -> None:
    """A click changes no code further away than the reach, and DAC's is not far beyond what it needs."""
    codec = DacCodec(build())
    hop = codec.samples_per_code
    silence = torch.zeros(1, 1, 60 * hop)
    click = silence.clone()
    click[..., 30 * hop] = 1.0
    with torch.inference_mode():
        changed = (codec.encode(click) != codec.encode(silence)).any(dim=0).nonzero().flatten()
    assert len(changed) and changed.min() >= 30 - codec.reach and changed.max() <= 30 + codec.reach
    assert codec.reach < 20


def test_a_codec_that_cannot_stream_is_refused() -> None:
    """EnCodec with loudness normalisation, as the 48 kHz model has it, is a ConfigError."""
    with torch.device("meta"):
        net = EncodecModel(EncodecConfig(normalize=True, hidden_size=16, num_filters=4, num_lstm_layers=1))
    with pytest.raises(ConfigError, match="24 kHz"):
        EncodecCodec(net)

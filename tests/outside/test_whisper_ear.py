"""Whisper as an ear, with random weights."""

from pathlib import Path

import numpy as np
import pytest

from solami.errors import ConfigError
from solami.frames import AudioChunk
from solami.outside.config import WhisperEarConfig
from solami.outside.ports import Bell
from solami.outside.whisper_ear import whisper_ear


@pytest.fixture
def whisper(tmp_path: Path) -> Path:
    """A tiny Whisper with random weights, as save_pretrained leaves it."""
    from transformers import (
        WhisperConfig,
        WhisperFeatureExtractor,
        WhisperForConditionalGeneration,
        WhisperProcessor,
        WhisperTokenizer,
    )

    words = {chr(number): number - 33 for number in range(33, 127)} | {"<|endoftext|>": 94}
    tokenizer = WhisperTokenizer(vocab=words, merges=[], unk_token="<|endoftext|>", pad_token="<|endoftext|>")
    config = WhisperConfig(
        vocab_size=128, d_model=16, encoder_layers=1, decoder_layers=1, encoder_attention_heads=2,
        decoder_attention_heads=2, encoder_ffn_dim=16, decoder_ffn_dim=16, decoder_start_token_id=95, bos_token_id=94,
        eos_token_id=94, pad_token_id=94, max_length=8, suppress_tokens=None, begin_suppress_tokens=None,
    )  # fmt: skip
    model = WhisperForConditionalGeneration(config)
    model.generation_config.max_length = 8
    model.save_pretrained(tmp_path)
    WhisperProcessor(WhisperFeatureExtractor(), tokenizer).save_pretrained(tmp_path)
    return tmp_path


def test_whisper_listens_from_a_folder(whisper: Path) -> None:
    """A model of transformers in a folder answers with words, at whatever rate the sound has."""
    ear = whisper_ear(WhisperEarConfig(folder=whisper, timeout_s=120.0), Bell())
    audio = AudioChunk(np.random.default_rng(0).normal(0, 0.1, 24_000).astype(np.float32), 24_000)
    assert isinstance(ear.hear(audio).result(120), str)


def test_a_folder_without_whisper_is_refused(tmp_path: Path) -> None:
    """A missing and an empty folder are named."""
    for folder in (tmp_path / "none", tmp_path):
        with pytest.raises(ConfigError, match=r"ear\.folder"):
            whisper_ear(WhisperEarConfig(folder=folder), Bell())

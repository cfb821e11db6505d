"""Ears on threads of their own."""

import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from solami.errors import ConfigError
from solami.frames import AudioChunk
from solami.outside.config import EndpointEarConfig, WhisperEarConfig
from solami.outside.ears import ThreadedEar, endpoint_ear, whisper_ear
from solami.outside.ports import Bell

AUDIO = AudioChunk(np.zeros(1600, np.float32), 16_000)


def test_an_endpoint_writes_down_what_was_said(endpoint: Any) -> None:
    """The turn goes there as a WAV file and comes back as words."""
    ear = endpoint_ear(EndpointEarConfig(base_url=endpoint.url, timeout_s=20.0, language="en"), Bell())
    assert ear.hear(AUDIO).result(30) == "good morning"
    assert b"RIFF" in endpoint.heard[0] and b"whisper-1" in endpoint.heard[0] and b"en" in endpoint.heard[0]


def test_an_endpoint_that_fails_hears_nothing(endpoint: Any) -> None:
    """An error of the endpoint is an error of the future."""
    endpoint.status = 500
    ear = endpoint_ear(EndpointEarConfig(base_url=endpoint.url, timeout_s=20.0), Bell())
    assert ear.hear(AUDIO).exception(30) is not None


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"{}", b'{"text": null}', b'{"text": 5}', b"\xff"])
def test_an_answer_in_no_known_form_hears_nothing(endpoint: Any, body: bytes) -> None:
    """Whatever an endpoint sends, the future fails, and the model's own ear goes on."""
    endpoint.body = body
    ear = endpoint_ear(EndpointEarConfig(base_url=endpoint.url, timeout_s=20.0), Bell())
    assert ear.hear(AUDIO).exception(30) is not None


def test_a_late_ear_is_given_up() -> None:
    """After the time-out the future fails, rings, and words that come later change nothing."""
    goes_on, rung = threading.Event(), threading.Event()
    bell = Bell()
    bell.listener = rung.set

    def slow(_: AudioChunk) -> str:
        goes_on.wait(60)
        return "too late"

    heard = ThreadedEar(slow, 0.05, bell, threads=1).hear(AUDIO)
    assert isinstance(heard.exception(30), TimeoutError) and rung.is_set()
    goes_on.set()
    assert heard.exception() is not None


def test_blanks_are_joined() -> None:
    """Words come with single spaces."""
    assert ThreadedEar(lambda _: " good \n morning ", 30, Bell(), threads=1).hear(AUDIO).result(30) == "good morning"


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

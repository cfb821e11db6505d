"""Configuration -> the tokenizers: which class stands behind every kind."""

from __future__ import annotations

from pathlib import Path
from typing import assert_never

from solami.tokenizers.base import MotionTokenizer, SpeechTokenizer
from solami.tokenizers.codec_adapters import CodecTokenizer
from solami.tokenizers.config import (
    CodecTokenizersConfig,
    DummyTokenizersConfig,
    NeuralTokenizersConfig,
    TokenizersConfig,
)
from solami.tokenizers.dummy_motion import DummyMotionTokenizer
from solami.tokenizers.dummy_speech import DummySpeechTokenizer
from solami.tokenizers.motion import VQMotionTokenizer
from solami.tokenizers.speech import NeuralSpeechTokenizer


def build_tokenizers(config: TokenizersConfig, folder: Path) -> tuple[SpeechTokenizer, MotionTokenizer]:
    """The speech and the motion tokenizer."""
    match config:
        case NeuralTokenizersConfig():
            return NeuralSpeechTokenizer.load(folder), VQMotionTokenizer.load(folder)
        case CodecTokenizersConfig():
            return CodecTokenizer.load(config.speech, config.num_codebooks), VQMotionTokenizer.load(folder)
        case DummyTokenizersConfig():
            return DummySpeechTokenizer(), DummyMotionTokenizer()
        case _ as unknown:
            assert_never(unknown)

"""Tokenizers by configuration; codecs are built in test_codec_adapters."""

from pathlib import Path

import pytest

from solami.config import checkpoint_folder
from solami.errors import ConfigError
from solami.tokenizers.config import DummyTokenizersConfig, NeuralTokenizersConfig
from solami.tokenizers.dummy_motion import DummyMotionTokenizer
from solami.tokenizers.dummy_speech import DummySpeechTokenizer
from solami.tokenizers.factory import build_tokenizers
from solami.tokenizers.motion import VQMotionTokenizer
from solami.tokenizers.speech import NeuralSpeechTokenizer


@pytest.mark.weights
def test_trained_tokenizers_come_from_the_checkpoint() -> None:
    """The neural kind loads both from the checkpoint's folder."""
    speech, motion = build_tokenizers(NeuralTokenizersConfig(), checkpoint_folder("default"))
    assert isinstance(speech, NeuralSpeechTokenizer) and isinstance(motion, VQMotionTokenizer)


def test_dummies_need_no_checkpoint(tmp_path: Path) -> None:
    """The dummy kind is built from an empty folder, of which the neural kind says that its weights are missing."""
    speech, motion = build_tokenizers(DummyTokenizersConfig(), tmp_path)
    assert isinstance(speech, DummySpeechTokenizer) and isinstance(motion, DummyMotionTokenizer)
    with pytest.raises(ConfigError):
        build_tokenizers(NeuralTokenizersConfig(), tmp_path)

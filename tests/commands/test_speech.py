from pathlib import Path

import pytest

from solami.commands.speech import SpeechRunConfig, train_speech
from solami.config import find_config, load_config
from solami.errors import ConfigError, InputError
from solami.training.speech_tokenizer import SpeechTrainingConfig


@pytest.mark.parametrize("name", ["speech", "speech_decoder", "speech_designs"])
def test_the_shipped_configurations_hold(name: str) -> None:
    """The configurations of the speech tokenizer are valid, their training blocks included."""
    config = load_config(SpeechRunConfig, find_config("train", name))
    assert SpeechTrainingConfig.model_validate(config.training).max_minutes > 0


def test_training_needs_clips(tmp_path: Path) -> None:
    """Without human or synthetic clips there is nothing to train on, and the error names both keys."""
    with pytest.raises(InputError, match=r"human.*synthetic"):
        train_speech(SpeechRunConfig(out=tmp_path))


def test_a_typo_is_found() -> None:
    """An unknown key is refused with the one that was meant."""
    with pytest.raises(ConfigError, match="human_share"):
        load_config(SpeechRunConfig, find_config("train", "speech"), ["human_shre=1"])

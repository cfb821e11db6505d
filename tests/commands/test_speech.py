from pathlib import Path

import numpy as np
import pytest

from solami.commands.speech import SpeechRunConfig, clip_pool, train_speech
from solami.config import find_config, load_config
from solami.errors import ConfigError, InputError
from solami.training.speech_data import SpeechClip, save_clips
from solami.training.speech_tokenizer import SpeechTrainingConfig

SILENCE = np.zeros(32_000, np.int16)
PHONES, STARTS_S = np.array([1, 2], np.int16), np.array([0.0, 1.0], np.float32)


@pytest.mark.parametrize(
    "name", ["speech", "speech_decoder", "speech_encoder", "speech_around_codes", "speech_designs"]
)
def test_the_shipped_configurations_hold(name: str) -> None:
    """The configurations of the speech tokenizer are valid, their training blocks included."""
    config = load_config(SpeechRunConfig, find_config("train", name))
    assert SpeechTrainingConfig.model_validate(config.training).max_minutes > 0


def test_training_needs_clips(tmp_path: Path) -> None:
    """Without human or synthetic clips there is nothing to train on, and the error names both keys."""
    with pytest.raises(InputError, match=r"human.*synthetic"):
        train_speech(SpeechRunConfig(out=tmp_path))


def test_emphasised_speakers_are_drawn_more_often(tmp_path: Path) -> None:
    """Three times the weight of a voice among equals is three of four draws; each source keeps its share."""
    voices = {"human_train": ["anna"], "synthetic": ["flite-slt-1", "flite-rms-1"]}
    for name, speakers in voices.items():
        made = [SpeechClip(SILENCE, np.full(200, 150.0, np.float32), PHONES, STARTS_S, speaker) for speaker in speakers]
        save_clips(made, tmp_path / f"{name}.npz")
    config = SpeechRunConfig(
        human=tmp_path, synthetic=tmp_path, cache=tmp_path, human_share=0.5, emphasis={"flite-slt": 3.0}
    )
    pool = clip_pool(config)
    weights = dict(zip((clip.speaker for clip in pool.clips), pool.weights, strict=True))
    assert weights == pytest.approx({"anna": 0.5, "flite-slt-1": 0.375, "flite-rms-1": 0.125})


def test_a_typo_is_found() -> None:
    """An unknown key is refused with the one that was meant."""
    with pytest.raises(ConfigError, match="human_share"):
        load_config(SpeechRunConfig, find_config("train", "speech"), ["human_shre=1"])

"""Moonshine as an ear: the real recogniser, on speech that was synthesised or spoken by people."""

from pathlib import Path

import numpy as np
import pytest

from solami.datasets.tts import EspeakSynthesizer
from solami.errors import ConfigError
from solami.evaluation.recognition import pool_errors, word_errors
from solami.evaluation.recordings import human_recordings
from solami.frames import AudioChunk, FloatArray
from solami.outside.config import MoonshineEarConfig
from solami.outside.ears import ThreadedEar
from solami.outside.moonshine_ear import moonshine_ear
from solami.outside.ports import Bell

pytest.importorskip("moonshine_voice", reason="solami[ear] is not installed")
LINE = "Good morning. What would you like to do today?"


@pytest.fixture(scope="module")
def ear() -> ThreadedEar:
    return moonshine_ear(MoonshineEarConfig(timeout_s=60.0), Bell())


def test_a_line_is_written_down(ear: ThreadedEar) -> None:
    """The words of a synthesised line come back, at whatever rate it has and wherever it stands in the turn."""
    spoken = EspeakSynthesizer("en-us").speak(LINE).audio
    quiet = np.zeros(spoken.sample_rate, np.float32)
    late = AudioChunk(np.concatenate([quiet, quiet, spoken.samples, quiet]), spoken.sample_rate)
    for audio in (spoken, late):
        assert word_errors(LINE, ear.hear(audio).result(60)).rate <= 0.25


@pytest.mark.parametrize("level", [0.0, 1e-4, 1e-2])
def test_a_quiet_room_says_nothing(ear: ThreadedEar, level: float) -> None:
    """Silence and noise hold no words, of which the model alone would make some."""
    noise: FloatArray = np.random.default_rng(0).normal(0, 1, 48_000).astype(np.float32)
    for samples in (level * noise, level * noise[:100], noise[:0]):
        assert ear.hear(AudioChunk(samples, 16_000)).result(60) == ""


def test_people_are_understood(ear: ThreadedEar, data_pack: Path) -> None:
    """Of held-out speakers fewer than one word in eight is wrong."""
    recordings = human_recordings(data_pack / "speech", "test", 16_000, 12)
    errors = [word_errors(each.text, ear.hear(each.audio).result(60)) for each in recordings]
    assert pool_errors(errors).rate < 0.125


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    """A missing folder, an empty one and files that are no model are named."""
    broken = tmp_path / "broken"
    broken.mkdir()
    for name in ("encoder_model.ort", "decoder_model_merged.ort", "tokenizer.bin"):
        (broken / name).write_bytes(b"no model")
    for folder in (tmp_path / "none", tmp_path, broken):
        with pytest.raises(ConfigError, match=r"ear\.folder"):
            moonshine_ear(MoonshineEarConfig(folder=folder), Bell())

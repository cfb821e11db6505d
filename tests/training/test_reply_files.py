from pathlib import Path

import numpy as np
import pytest

from solami.audio.wav import read_audio
from solami.commands.data import read_data_config
from solami.commands.train import reply_files
from solami.config import find_config


def test_codes_become_sound_and_a_picture(tmp_path: Path) -> None:
    """A beat of codes gives 0.4 s of sound and a picture that shows something; voice alone gives nothing."""
    files = reply_files(read_data_config(find_config("data", "toy")))
    specs = (files.speech.spec, files.motion.body_spec, files.motion.hands_spec)
    codes = {s.modality: np.ones((s.num_codebooks, round(0.4 * s.frame_rate)), np.int32) for s in specs}
    files.write({"speech": codes["speech"]}, tmp_path / "00")
    assert not list(tmp_path.iterdir())
    files.write({str(name): values for name, values in codes.items()}, tmp_path / "00")
    audio = read_audio(tmp_path / "00.wav", files.speech.sample_rate)
    assert len(audio.samples) / audio.sample_rate == pytest.approx(0.4)
    files.write({str(name): values[:, :1] for name, values in codes.items()}, tmp_path / "01")
    assert (tmp_path / "00.png").read_bytes() != (tmp_path / "01.png").read_bytes()

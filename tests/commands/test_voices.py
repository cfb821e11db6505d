from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from solami.cli import app
from solami.tokenizers import speech
from solami.tokenizers.base import Voice
from solami.tokenizers.dummy_speech import DummySpeechTokenizer
from solami.tokenizers.voices import load_voices
from solami.training import voices


def test_every_recipe_becomes_a_voice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command leaves one voice a recipe, with its licence, in a file the server can load."""
    monkeypatch.setattr(speech.NeuralSpeechTokenizer, "load", lambda folder: DummySpeechTokenizer())
    monkeypatch.setattr(
        voices, "make_voice", lambda name, recipe, tokenizer: Voice(name, np.ones(8, np.float32), "free")
    )
    out = tmp_path / "voices.safetensors"
    result = CliRunner().invoke(app, ["train", "voices", "--out", str(out)], catch_exceptions=False)
    assert result.exit_code == 0
    made = load_voices(out)
    assert {"ada", "zed"} <= set(made)
    assert made["ada"].licence == "free"

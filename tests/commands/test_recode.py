"""`solami train recode`, on a small checkpoint."""

from pathlib import Path

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer
from typer.testing import CliRunner

from solami.cli import app
from solami.datasets.spoken import SpokenStore
from solami.frames import CodeSpec
from solami.llm.vocabulary import Vocabulary
from solami.tokenizers.modules.speech_net import SpeechNet, SpeechNetConfig
from solami.tokenizers.placement import PlacementTokenizer
from solami.tokenizers.speech import save_net
from solami.training.lm_model import ModelConfig, fresh_model, save_model

SHIPPED = Path(__file__).parents[2] / "solami" / "checkpoints" / "default"
WAS = SpeechNetConfig(width=16, front_width=8, encoder_blocks=1, trunk_blocks=1, decoder_blocks=1, codebook_size=16)


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    """A speech tokenizer of 16 codes, and an LLM that speaks them."""
    torch.manual_seed(0)
    save_net(SpeechNet(WAS), tmp_path / "was")
    specs = [CodeSpec("speech", 16, 1, 25.0), CodeSpec("body", 8, 2, 7.5), CodeSpec("hands", 8, 1, 7.5)]
    text = Tokenizer.from_file(str(SHIPPED / "llm" / "tokenizer.json"))
    words = Vocabulary(text, [*specs, PlacementTokenizer.spec])
    save_model(
        fresh_model(ModelConfig(hidden=32, layers=1, heads=2, intermediate=32), words), words, tmp_path / "was" / "llm"
    )
    return tmp_path / "was"


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["train", "recode", *map(str, arguments)])
    return result.exit_code, " ".join(f"{result.output} {result.exception}".split())


def test_an_llm_gets_the_codes_of_another_tokenizer(checkpoint: Path, tmp_path: Path) -> None:
    """Lines of a store are heard by both tokenizers, and an LLM with the new one's vocabulary is written."""
    save_net(SpeechNet(WAS.model_copy(update={"codebook_size": 24, "latent_dim": 4})), tmp_path / "now")
    noise = np.random.default_rng(0).normal(0, 0.1, (3, 32_000)).astype(np.float32)
    SpokenStore(tmp_path / "lines").add([("agent", f"line {i}", "noise", sound) for i, sound in enumerate(noise)])
    options = ("--lines", tmp_path / "lines", "--checkpoint", checkpoint, "--out", tmp_path / "llm")
    code, shown = run(tmp_path / "now", *options)
    assert code == 0 and "24 codes in place of 16" in shown
    assert Vocabulary.load(tmp_path / "llm").specs["speech"] == CodeSpec("speech", 24, 1, 25.0)


def test_without_lines_it_says_how_to_make_them(checkpoint: Path, tmp_path: Path) -> None:
    """An empty folder is a plain error that names the command."""
    options = ("--lines", tmp_path / "none", "--checkpoint", checkpoint, "--out", tmp_path / "llm")
    code, shown = run(checkpoint, *options)
    assert code != 0 and "solami data build --stage speech" in shown

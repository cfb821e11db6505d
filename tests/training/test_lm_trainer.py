from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM

from solami.errors import ConfigError
from solami.frames import CodeSpec
from solami.llm.vocabulary import Vocabulary
from solami.training.instruct import train_instruct
from solami.training.lm_config import LmTrainingConfig
from solami.training.lm_model import ModelConfig, fresh_model, load_model, save_model
from solami.training.lm_trainer import train_lm
from solami.training.text_tokenizer import train_text_tokenizer

SPECS = [
    CodeSpec("speech", 16, 1, 25.0),
    CodeSpec("body", 8, 2, 7.5),
    CodeSpec("hands", 8, 1, 7.5),
    CodeSpec("placement", 32, 3, 0.0),
]
TINY = ModelConfig(hidden=32, layers=2, heads=2, intermediate=64, context_tokens=64)


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Vocabulary(train_text_tokenizer(["Hello there, how are you?"] * 4, size=280), SPECS)


@pytest.fixture
def rows(tmp_path: Path, vocabulary: Vocabulary) -> Path:
    """Rows of counting ids: the next one is always known."""
    start = np.random.default_rng(0).integers(0, 100, (80, 1))
    ids = ((start + np.arange(32)) % 100).astype(np.int32)
    folder = tmp_path / "rows"
    folder.mkdir()
    np.save(folder / "ids_00000.npy", ids)
    np.save(folder / "mask_00000.npy", np.broadcast_to(np.arange(32) % 4 != 0, ids.shape))
    return folder


def config(rows: Path, **changes: object) -> LmTrainingConfig:
    values = {"rows": [rows], "out": rows.parent / "out", "model": TINY, "batch_rows": 8, "max_steps": 40, "threads": 1}
    return LmTrainingConfig.model_validate({**values, "learning_rate": 0.01, "val_rows": 8, "bf16": False, **changes})


def test_training_learns_and_leaves_a_standard_folder(rows: Path, vocabulary: Vocabulary) -> None:
    """The loss falls, and transformers loads the float16 folder with the vocabulary beside it."""
    report = train_lm(config(rows, max_steps=70), vocabulary)
    assert report["steps"] == 70 and report["eval_loss"] < 1.0
    out = rows.parent / "out"
    assert {v.dtype for v in load_file(out / "model.safetensors").values()} == {torch.float16}
    model = AutoModelForCausalLM.from_pretrained(out, dtype=torch.float32)
    with torch.inference_mode():
        predicted = model(torch.arange(10, 30)[None]).logits[0].argmax(-1)
    assert (predicted[5:] == torch.arange(16, 31)).float().mean() > 0.6
    assert Vocabulary.load(out).size == vocabulary.size


def test_the_clock_can_end_a_run(rows: Path, vocabulary: Vocabulary) -> None:
    """A run whose time is up stops after its first step and still writes its folder."""
    report = train_lm(config(rows, max_minutes=1e-6, max_steps=1000), vocabulary)
    assert report["steps"] == 1 and (rows.parent / "out" / "config.json").is_file()


def test_a_run_goes_on_from_its_checkpoint(rows: Path, vocabulary: Vocabulary) -> None:
    """Resuming starts at the step where the checkpoint was left."""
    train_lm(config(rows, max_steps=6, save_minutes=1e-9), vocabulary)
    report = train_lm(config(rows, max_steps=9, save_minutes=1e9), vocabulary, resume=True)
    assert report["steps"] == 9
    assert (rows.parent / "out" / "checkpoints" / "checkpoint-6").is_dir()


def test_a_smaller_llm_grows_rows(tmp_path: Path, vocabulary: Vocabulary) -> None:
    """An LLM with too few embedding rows gets the vocabulary's and keeps its own."""
    torch.manual_seed(0)
    model = fresh_model(TINY, vocabulary)
    before = model.get_input_embeddings().weight[:50].clone().half().float()
    model.resize_token_embeddings(50)
    save_model(model, vocabulary, tmp_path)
    grown = load_model(tmp_path, vocabulary)
    assert grown.config.vocab_size == vocabulary.size
    torch.testing.assert_close(grown.get_input_embeddings().weight[:50], before)


def test_instruct_wants_an_aligned_model_of_the_same_codes(rows: Path, vocabulary: Vocabulary) -> None:
    """Without a start, or with one made for other codes, instruction tuning is a ConfigError."""
    with pytest.raises(ConfigError, match="start"):
        train_instruct(config(rows), vocabulary)
    other = Vocabulary(vocabulary.tokenizer, [CodeSpec("speech", 32, 1, 25.0), *SPECS[1:]])
    save_model(fresh_model(TINY, other), other, rows.parent / "start")
    with pytest.raises(ConfigError, match="align again"):
        train_instruct(config(rows, start=rows.parent / "start"), vocabulary)

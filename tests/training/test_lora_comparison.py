from pathlib import Path

import numpy as np
import pytest

from solami.config import find_config, load_config
from solami.errors import ConfigError
from solami.llm.vocabulary import Vocabulary
from solami.training.lm_model import ModelConfig, fresh_model, save_model
from solami.training.lora_comparison import LoraComparisonConfig, compare_tuning, row_losses, run_of

pytestmark = pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`:FutureWarning")  # peft asks for it
TINY = ModelConfig(hidden=32, layers=1, heads=2, intermediate=64, context_tokens=64)


def test_every_setting_is_trained_and_told_apart(tmp_path: Path, words: Vocabulary) -> None:
    """Full tuning and LoRA are measured on rows of their own and on general ones, after the untuned start."""
    model = fresh_model(TINY, words)
    save_model(model, words, tmp_path / "start")
    ids = (np.random.default_rng(0).integers(0, 100, (40, 1)) + np.arange(24)) % 100
    for name in ("own", "general"):
        (tmp_path / name).mkdir()
        np.save(tmp_path / name / "ids_00000.npy", ids.astype(np.int32))
        np.save(tmp_path / name / "mask_00000.npy", np.ones_like(ids, np.bool_))
    training = {"rows": [tmp_path / "own"], "out": tmp_path / "out", "start": tmp_path / "start", "max_steps": 12}
    shared = {"data": "x", "general": tmp_path / "general", "general_rows": 8}
    settings = {"full": {"learning_rate": 0.01}, "small": {"learning_rate": 0.01, "lora": {"rank": 2}}}
    values = {**shared, "training": {**training, "threads": 1, "bf16": False}, "settings": settings}
    rows = compare_tuning(LoraComparisonConfig.model_validate(values), words)
    assert [row["setting"] for row in rows] == ["untuned", "full", "small"]
    assert rows[1]["general_text_loss"] < rows[0]["general_text_loss"] and rows[2]["bytes"] < rows[1]["bytes"]
    assert all(row["eval_text_loss"] > 0 for row in rows[1:])
    assert row_losses(model, words, tmp_path / "own", 8)["text"] == pytest.approx(
        rows[0]["general_text_loss"], abs=0.02
    )
    values["training"] = {**training, "start": None}
    with pytest.raises(ConfigError, match="start"):
        compare_tuning(LoraComparisonConfig.model_validate(values), words)


def test_a_setting_changes_what_it_names_alone(tmp_path: Path) -> None:
    """Without alignment there is no start; the loss on prompts and other rows go into the run; the rest is shared."""
    config = load_config(LoraComparisonConfig, find_config("train", "paper_rows"))
    runs = {name: run_of(config.training, name, setting) for name, setting in config.settings.items()}
    assert runs["full"].start == config.training.start and runs["full"].weights == config.training.weights
    assert runs["without_alignment"].start is None and runs["without_alignment"].rows == runs["full"].rows
    assert runs["prompts_too"].weights.prompt == 1 and runs["prompts_too"].weights.text == runs["full"].weights.text
    assert runs["paper_order"].rows != runs["full"].rows
    assert len({run.out for run in runs.values()}) == len(runs) and len({run.max_steps for run in runs.values()}) == 1


@pytest.mark.parametrize("name", ["lora_settings", "paper_rows"])
def test_shipped_comparisons_hold_the_papers_lora(name: str) -> None:
    """Either shipped comparison has full tuning, the paper's LoRA and LoRA on all projections."""
    settings = load_config(LoraComparisonConfig, find_config("train", name)).settings
    assert settings["full"].lora is None
    tuned = [setting.lora for setting in settings.values() if setting.lora is not None]
    assert any((lora.rank, lora.targets) == (8, ("q_proj", "v_proj")) for lora in tuned)
    assert any(len(lora.targets) == 7 for lora in tuned)

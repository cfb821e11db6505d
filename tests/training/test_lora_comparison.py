from pathlib import Path

import numpy as np
import pytest

from solami.config import find_config, load_config
from solami.errors import ConfigError
from solami.llm.vocabulary import Vocabulary
from solami.training.lm_model import ModelConfig, fresh_model, save_model
from solami.training.lora_comparison import LoraComparisonConfig, compare_tuning, row_losses

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


def test_the_shipped_settings_hold() -> None:
    """The shipped comparison has full tuning, the paper's LoRA and ours on all projections."""
    settings = load_config(LoraComparisonConfig, find_config("train", "lora_settings")).settings
    assert settings["full"].lora is None
    paper = settings["paper_r8_qv"].lora
    assert paper is not None and (paper.rank, paper.targets) == (8, ("q_proj", "v_proj"))

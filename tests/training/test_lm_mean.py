from pathlib import Path

import pytest
import torch

from solami.errors import ConfigError
from solami.llm.vocabulary import Vocabulary
from solami.training.lm_mean import write_mean
from solami.training.lm_model import ModelConfig, fresh_model, load_model, save_model

TINY = ModelConfig(hidden=32, layers=2, heads=2, intermediate=64)


def written(words: Vocabulary, folder: Path, seed: int, config: ModelConfig = TINY) -> Path:
    torch.manual_seed(seed)
    save_model(fresh_model(config, words), words, folder)
    return folder


def test_every_weight_is_the_mean(words: Vocabulary, tmp_path: Path) -> None:
    """Of two and of three LLMs, to the rounding of float16."""
    folders = [written(words, tmp_path / str(seed), seed) for seed in range(3)]
    for count in (2, 3):
        write_mean(folders[:count], tmp_path / "mean")
        parts = [load_model(folder, words).state_dict() for folder in folders[:count]]
        for name, value in load_model(tmp_path / "mean", words).state_dict().items():
            wanted = torch.stack([part[name] for part in parts]).mean(0)
            assert torch.allclose(value, wanted, rtol=1e-3, atol=1e-4), name


def test_what_has_no_mean_is_refused(words: Vocabulary, tmp_path: Path) -> None:
    """One LLM alone, or two of different shapes."""
    one = written(words, tmp_path / "one", 0)
    other = written(words, tmp_path / "other", 0, TINY.model_copy(update={"intermediate": 48}))
    with pytest.raises(ConfigError, match="two or more"):
        write_mean([one], tmp_path / "mean")
    with pytest.raises(ConfigError, match="shapes"):
        write_mean([one, other], tmp_path / "mean")

from pathlib import Path

import pytest

from solami.commands.train import LmRunConfig, train_stage
from solami.config import find_config, load_config
from solami.errors import ConfigError
from solami.training.lm_config import LmTrainingConfig


@pytest.mark.parametrize("name", ["align", "instruct", "finish", "paper_order"])
def test_shipped_training_configs_hold(name: str) -> None:
    """Every LLM training configuration that ships is valid, its training block and its data config included."""
    config = load_config(LmRunConfig, find_config("train", name))
    assert LmTrainingConfig.model_validate(config.training).rows
    assert find_config("data", config.data).is_file()


def test_a_wrong_training_block_is_a_config_error() -> None:
    """A key that training does not know is refused before anything is loaded."""
    config = LmRunConfig(data=Path("configs/data/toy.yaml"), training={"rows": ["x"], "out": "y", "stepz": 3})
    with pytest.raises(ConfigError, match="stepz"):
        train_stage("align", config)


def test_instruct_needs_an_aligned_model(tmp_path: Path) -> None:
    """Stage 3 without the result of stage 2 is a ConfigError that names the key."""
    config = LmRunConfig(data=find_config("data", "toy"), training={"rows": [str(tmp_path)], "out": str(tmp_path)})
    with pytest.raises(ConfigError, match="start"):
        train_stage("instruct", config)

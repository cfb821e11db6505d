import json
from pathlib import Path

import pytest

from solami.commands.data import RowsPart
from solami.commands.train_persona import PersonaRunConfig, persona_data, train_persona
from solami.config import find_config, load_config
from solami.errors import ConfigError, InputError
from solami.training.lm_config import LmTrainingConfig


@pytest.fixture
def shipped() -> PersonaRunConfig:
    return load_config(PersonaRunConfig, find_config("train", "persona"))


def test_the_shipped_recipe_holds(shipped: PersonaRunConfig) -> None:
    """Its training block is valid, tunes a LoRA of a start, and its data config exists."""
    settings = LmTrainingConfig.model_validate({**shipped.training, "rows": ["x"], "out": "y"})
    assert settings.lora is not None and settings.start is not None
    assert find_config("data", shipped.data).is_file()


def test_a_character_is_trained_on_its_own_scripts(shipped: PersonaRunConfig, tmp_path: Path) -> None:
    """Shipped characters have scripts; a new one's lie beside its file, and without any the error says where."""
    ada = persona_data(find_config("personas", "ada"), "ada", shipped)
    assert ada.rows[0].only == "ada" and ada.scripts == ()
    file = tmp_path / "nova.yaml"
    with pytest.raises(InputError, match=r"nova/scripts/nova.jsonl"):
        persona_data(file, "nova", shipped)
    turns = [{"role": r, "speech": "Hello.", "motion": "", "emotion": "happy"} for r in ("user", "agent")]
    folder = tmp_path / "nova" / "scripts"
    folder.mkdir(parents=True)
    row = {"id": "nova-1", "persona": "nova", "kind": "chat", "topic": "hello", "turns": turns}
    (folder / "nova.jsonl").write_text(json.dumps(row) + "\n")
    data = persona_data(file, "nova", shipped)
    assert data.scripts == (folder,) and data.personas == tmp_path and data.rows[0].out == shipped.out / "nova" / "rows"


def test_a_wrong_training_block_is_refused_before_work(shipped: PersonaRunConfig) -> None:
    """A key that training does not know is a ConfigError."""
    part = RowsPart(row_tokens=64, tokens=64, mix={"lines": 1.0})
    config = PersonaRunConfig(data=shipped.data, rows=part, training={"stepz": 1})
    with pytest.raises(ConfigError, match="stepz"):
        train_persona(find_config("personas", "ada"), config)

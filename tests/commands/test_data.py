from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from solami.cli import app
from solami.commands.data import DataConfig, describe_ids, load_vocabulary
from solami.config import config_names, find_config, load_config
from solami.errors import ConfigError, InputError


@pytest.mark.parametrize("name", config_names("data"))
def test_shipped_data_configs_hold(name: str) -> None:
    """Every data configuration that ships is valid and packs some rows."""
    assert load_config(DataConfig, find_config("data", name)).rows


def test_ids_are_told_in_words() -> None:
    """Text stands as it is, control tokens by name, codes by modality and number."""
    vocabulary = load_vocabulary(load_config(DataConfig, find_config("data", "toy")))
    ids = [vocabulary.special("<say>"), *vocabulary.encode_text("Hello"), vocabulary.span("speech").start + 5]
    assert describe_ids(vocabulary, ids) == " <say>Hello s5"


def test_inspect_reports_a_folder_of_rows(tmp_path: Path) -> None:
    """`data inspect` counts rows and the learned share, and refuses a row beyond the last."""
    np.save(tmp_path / "ids_00000.npy", np.zeros((3, 8), np.int32))
    np.save(tmp_path / "mask_00000.npy", np.tile(np.array([True, False]), (3, 4)))
    arguments = ["data", "inspect", str(tmp_path), "--config", "toy"]
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    assert "rows: 3" in result.stdout
    assert "learned_share: 0.5" in result.stdout
    with pytest.raises(InputError, match="expected 0 to 2"):
        CliRunner().invoke(app, [*arguments, "--row", "3"], catch_exceptions=False)


def test_a_missing_text_tokenizer_is_named(tmp_path: Path) -> None:
    """Without a text tokenizer there is no vocabulary, and the error says how to make one."""
    with pytest.raises(ConfigError, match="text-tokenizer"):
        load_vocabulary(DataConfig(text=tmp_path))

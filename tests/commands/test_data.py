from pathlib import Path

import pytest

from solami.commands.data import DataConfig, load_vocabulary
from solami.config import config_names, find_config, load_config
from solami.errors import ConfigError


@pytest.mark.parametrize("name", config_names("data"))
def test_shipped_data_configs_hold(name: str) -> None:
    """Every data configuration that ships is valid and packs some rows."""
    assert load_config(DataConfig, find_config("data", name)).rows


def test_a_missing_text_tokenizer_is_named(tmp_path: Path) -> None:
    """Without a text tokenizer there is no vocabulary, and the error says how to make one."""
    with pytest.raises(ConfigError, match="text-tokenizer"):
        load_vocabulary(DataConfig(text=tmp_path))

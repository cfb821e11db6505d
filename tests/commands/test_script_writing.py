import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from solami.cli import app
from solami.commands.script_writing import WritingConfig, write_new_scripts
from solami.config import config_names, find_config, load_config
from solami.datasets import chat_model


@pytest.mark.parametrize("name", config_names("writing"))
def test_shipped_writing_configs_hold(name: str) -> None:
    """Every configuration that ships is valid."""
    assert load_config(WritingConfig, find_config("writing", name)).count > 0


class Pen:
    """Writes the same talk for ever."""

    def __init__(self, config: object, cache: Path) -> None:
        self.spent = chat_model.Spent(asked=3, usd=0.5)

    def ask(self, messages: object, seed: int) -> str:
        said = [("user", f"Hello number {'x' * (seed + 1)}."), ("agent", "Good day to you.")]
        turns = [{"role": role, "speech": line, "motion": "", "emotion": "happy"} for role, line in said]
        return json.dumps({"turns": turns})


def test_written_scripts_and_costs_are_reported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`data write --json` says what was written, dropped and spent, and leaves files that `data build` reads."""
    monkeypatch.setattr("solami.commands.script_writing.ChatModel", Pen)
    sets = [f"out={tmp_path}", "count=4", f"cache={tmp_path / 'cache'}", "workers=1"]
    arguments = ["data", "write", "--json", *(word for pair in sets for word in ("--set", pair))]
    report = json.loads(CliRunner().invoke(app, arguments, catch_exceptions=False).stdout)
    assert (report["written"], report["dropped"], report["spent"]["usd"]) == (4, [], 0.5)
    assert len(list(tmp_path.glob("*.jsonl"))) == 4


def test_the_same_seed_writes_the_same_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Two runs agree to the byte."""
    monkeypatch.setattr("solami.commands.script_writing.ChatModel", Pen)
    for name in ("a", "b"):
        write_new_scripts(
            WritingConfig(chat=chat_model.ChatModelConfig(model="x"), out=tmp_path / name, count=3, workers=2)
        )
    files = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert files and all((tmp_path / "a" / f).read_bytes() == (tmp_path / "b" / f).read_bytes() for f in files)

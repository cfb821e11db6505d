import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from solami.cli import app
from solami.errors import InputError
from solami.evaluation import recognition


class Deaf:
    """Hears nothing."""

    def words(self, samples: object) -> str:
        return ""


def test_the_model_is_measured_beside_baselines(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`eval model` gives one JSON object of measures, each with its count, and what was said to each prompt."""
    monkeypatch.setattr(recognition, "Recogniser", Deaf)
    monkeypatch.delenv("SOLAMI_DATA", raising=False)
    result = CliRunner().invoke(app, ["eval", "model", "--config", "debug", "--json"], catch_exceptions=False)
    assert result.exit_code == 0
    report = json.loads(result.stdout)
    rows = {row["name"]: row for row in report["measures"]}
    assert (rows["word_error"]["value"], rows["word_error"]["baseline"], rows["word_error"]["n"]) == (1.0, 1.0, 20)
    assert rows["length_difference_s"]["value"] == pytest.approx(0.0, abs=0.04)
    assert len(report["replies"]) == 20


def test_tokenizers_need_the_data_pack(tmp_path: Path) -> None:
    """Without a data pack `eval tokenizers` says where it looks for one."""
    with pytest.raises(InputError, match="SOLAMI_DATA"):
        arguments = ["eval", "tokenizers", "--config", "debug", "--pack", str(tmp_path / "none")]
        CliRunner().invoke(app, arguments, catch_exceptions=False)

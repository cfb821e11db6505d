import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from solami.cli import app
from solami.commands import eval_model
from solami.config import find_config
from solami.datasets import motion
from solami.errors import InputError
from solami.evaluation import action_measures
from solami.evaluation.measures import Measure
from solami.llm.vocabulary import Vocabulary
from solami.training import lora_comparison
from solami.training.lora_comparison import LoraComparisonConfig


class Deaf:
    """Hears nothing."""

    def words(self, samples: object) -> str:
        return ""


def test_typed_prompts_are_measured_beside_baselines(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`eval model --no-whole` gives one JSON object: measures with counts, and what was said to each prompt."""
    monkeypatch.setattr(eval_model, "Recogniser", Deaf)
    monkeypatch.delenv("SOLAMI_DATA", raising=False)
    arguments = ["eval", "model", "--config", "debug", "--no-whole", "--json"]
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
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


def test_actions_are_measured_by_their_own_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`eval actions` prints the classifier's table as rows with baselines."""
    row = Measure("action_accuracy", 0.5, (0.4, 0.6), 12, 0.1, "val+test", "procedural")
    monkeypatch.setattr(action_measures, "action_measures", lambda captured, procedural: [row])
    monkeypatch.setattr(motion, "load_motion_clips", lambda pack: [])
    arguments = ["eval", "actions", "--pack", str(tmp_path), "--json"]
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert json.loads(result.stdout)["measures"][0]["baseline"] == 0.1


def test_ways_to_tune_are_compared_by_their_own_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """`eval lora` hands its configuration and the vocabulary of its data on, and prints one row a setting."""
    seen = []

    def compare(config: LoraComparisonConfig, vocabulary: Vocabulary) -> list[dict[str, object]]:
        seen.append((config.training.out, vocabulary.size))
        return [{"setting": "untuned", "bytes": 0, "general_text_loss": 1.25}]

    monkeypatch.setattr(lora_comparison, "compare_tuning", compare)
    data = find_config("data", "toy")
    arguments = ["eval", "lora", "--set", f"data={data}", "--set", f"training.out={tmp_path}"]
    result = CliRunner().invoke(app, [*arguments, "--json"], catch_exceptions=False)
    assert json.loads(result.stdout) == {"settings": [{"setting": "untuned", "bytes": 0, "general_text_loss": 1.25}]}
    assert seen[0][0] == tmp_path and seen[0][1] > 4000
    plain = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert plain.stdout == "setting untuned bytes 0 general_text_loss 1.25\n"

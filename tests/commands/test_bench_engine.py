"""`solami bench engine` gives one JSON object with a row for each batch."""

import json

import pytest
from typer.testing import CliRunner

from solami.cli import app
from solami.evaluation import engine_speed

RUN = ["bench", "engine", "--config", "debug", "--steps", "3"]


def test_the_report_has_a_row_for_each_batch() -> None:
    """Steps of one and two slots, two prefills and the dropping of old ids, with their times."""
    result = CliRunner().invoke(app, [*RUN, "--batches", "1,2", "--json"], catch_exceptions=False)
    assert result.exit_code == 0
    report = json.loads(result.stdout)
    assert [row["batch"] for row in report["step"]] == [1, 2]
    assert [row["ids"] for row in report["prefill"]] == [16, 128]
    for row in (*report["step"], *report["prefill"], *report["forget"]):
        assert row["ms_p50"] > 0 and row["cpu_ms_p50"] >= 0
    assert "cores" in report["hardware"]


def test_a_model_of_any_size_is_compared_to_its_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """`bench-7b` in a tiny shape on a CPU tells how near a step comes to reading the weights once."""
    monkeypatch.setattr(engine_speed, "COPIED_BYTES", 1 << 20)
    sizes = ["device=cpu", "dtype=float32", "layers=1", "hidden=32", "intermediate=48", "heads=2", "kv_heads=1"]
    overrides = [part for size in [*sizes, "head_dim=8", "context_tokens=512"] for part in ("--set", f"engine.{size}")]
    arguments = [
        "bench",
        "engine",
        "--config",
        "bench-7b",
        "--steps",
        "3",
        "--held",
        "40",
        "--batches",
        "1,2",
        *overrides,
        "--json",
    ]
    report = json.loads(CliRunner().invoke(app, arguments, catch_exceptions=False).stdout)
    memory = report["memory"]
    assert memory["read_gb_per_s"] > 0 and memory["floor_ms"] >= 0 and memory["share_of_floor_speed"] >= 0
    assert report["engine"]["kind"] == "random" and len(report["step"]) == 2


def test_wrong_usage_is_said() -> None:
    """Batches that are no numbers, and a context that would overflow, are refused."""
    for wrong in (["--batches", "1,x"], ["--held", "5000"]):
        assert CliRunner().invoke(app, [*RUN, *wrong]).exit_code != 0

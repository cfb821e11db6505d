import json

from typer.testing import CliRunner

from solami.cli import app


def test_the_report_has_every_number() -> None:
    """`bench latency` on the fakes gives one JSON object with every number that outside checks read."""
    arguments = ["bench", "latency", "--config", "debug", "--turns", "2", "--pace", "0", "--long-turns", "20", "--json"]
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    report = json.loads(result.stdout)
    assert report["model"] == "scripted"
    for name in (
        "response_latency_ms_p50", "response_latency_ms_p95", "rtf", "speedup_first_audio_vs_whole",
        "turn100_vs_turn2", "barge_in_ms_p95",
    ):  # fmt: skip
        assert report[name] >= 0, name
    assert "cores" in report["hardware"]
    assert {"endpoint", "prefill", "first_clause", "first_beat", "decode", "send"} <= set(report["stages"])
    assert all({"planned_ms", "p50", "p95", "p99"} == set(row) for row in report["stages"].values())

"""`solami bench engine` gives one JSON object with a row for each batch."""

import json

from typer.testing import CliRunner

from solami.cli import app

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


def test_wrong_usage_is_said() -> None:
    """Batches that are no numbers, and a context that would overflow, are refused."""
    for wrong in (["--batches", "1,x"], ["--held", "5000"]):
        assert CliRunner().invoke(app, [*RUN, *wrong]).exit_code != 0

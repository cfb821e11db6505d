import json

import pytest
from typer.testing import CliRunner

from solami.cli import app
from solami.errors import ConfigError


def test_the_report_has_a_row_for_each_number_of_sessions() -> None:
    """`bench load` starts a server process, gives one JSON object with a row a number, and measures clicks."""
    arguments = ["bench", "load", "--sessions", "1,2", "--turns", "1", "--user-s", "0.4", "--config", "debug", "--json"]
    result = CliRunner().invoke(app, [*arguments, "--set", "server.max_sessions=1"], catch_exceptions=False)
    assert result.exit_code == 0
    report = json.loads(result.stdout)
    assert [(row["sessions"], row["refused"], row["failed"]) for row in report["rows"]] == [(1, 0, 0), (2, 1, 0)]
    for name in ("first_audio_ms_p50", "first_audio_ms_p95", "first_motion_ms_p95", "av_skew_ms_p95", "rtf"):
        assert all(row[name] >= 0 for row in report["rows"]), name
    assert report["click_flip"]["clicks"] == 20 and "cores" in report["hardware"]


@pytest.mark.parametrize("sessions", ["", "0", "1,x", "-1"])
def test_wrong_numbers_are_wrong_usage(sessions: str) -> None:
    """Numbers of sessions are whole and above zero."""
    with pytest.raises(ConfigError, match="--sessions"):
        CliRunner().invoke(app, ["bench", "load", "--sessions", sessions], catch_exceptions=False)

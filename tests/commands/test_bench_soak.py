import json

import pytest
from typer.testing import CliRunner

from solami.cli import app
from solami.commands import bench_soak

ARGUMENTS = ["bench", "soak", "--turns", "18", "--pace", "0", "--config", "debug", "--json"]


def test_memory_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """`bench soak` talks to a server process of its own, and its exit status says whether memory has grown too much."""
    monkeypatch.setattr(bench_soak, "TURN_S", 0.4)
    monkeypatch.setattr(bench_soak, "MAX_GROWTH", 1.0)
    result = CliRunner().invoke(app, ARGUMENTS, catch_exceptions=False)
    report = json.loads(result.stdout)
    assert result.exit_code == 0 and report["completed"] == report["turns"] == 18
    assert report["memory_mb_end"] > 10 and "cores" in report["hardware"]
    monkeypatch.setattr(bench_soak, "MAX_GROWTH", -1.0)
    assert CliRunner().invoke(app, ARGUMENTS).exit_code == 1

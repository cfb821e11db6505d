import json
import subprocess
import sys
from pathlib import Path

import pytest

from solami import cli
from solami.errors import CapacityError, ConfigError, InputError, SolamiError


def solami(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "solami", *arguments], capture_output=True, text=True, cwd=cwd, timeout=60
    )


def test_help_names_the_commands() -> None:
    """`solami --help` lists what can be done."""
    result = solami("--help")
    assert result.returncode == 0
    assert "check" in result.stdout


def test_json_is_one_object_on_standard_output() -> None:
    """With --json, standard output is exactly one JSON object."""
    result = solami("check", "debug", "--json")
    assert result.returncode == 0
    assert json.loads(result.stdout)["engine"] == {"kind": "scripted"}


@pytest.mark.parametrize(
    "arguments", [["check", "nope"], ["check", "--set", "server.port=x"], ["nope"], ["check", "--nope"]]
)
def test_wrong_usage_and_configuration_exit_2(arguments: list[str]) -> None:
    """Wrong usage or configuration exits 2 with words on standard error, nothing on standard output, no traceback."""
    result = solami(*arguments)
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr and "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (ConfigError("a key is wrong"), 2),
        (InputError("a file is wrong"), 2),
        (SolamiError("a run failed"), 1),
        (CapacityError("full", 5.0), 1),
        (OSError("disk full"), 1),
        (ZeroDivisionError("division by zero"), 1),
    ],
)
def test_every_error_is_one_line_and_a_status(
    error: Exception, status: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An exception becomes one line on standard error and the exit status of its kind."""

    def broken() -> None:
        raise error

    monkeypatch.setattr(cli, "app", broken)
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert caught.value.code == status
    written = capsys.readouterr().err.strip().splitlines()
    assert len(written) == 1
    assert str(error) in written[0]

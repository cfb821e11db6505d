import json

import pytest
import yaml
from typer.testing import CliRunner

from solami.cli import app


@pytest.mark.parametrize("as_json", [True, False])
def test_what_is_printed_is_what_holds(as_json: bool) -> None:
    """The resolved configuration comes back with the overrides in it, as JSON or YAML."""
    arguments = ["check", "debug", "--set", "server.port=9000", *(["--json"] if as_json else [])]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0
    values = json.loads(result.stdout) if as_json else yaml.safe_load(result.stdout)
    assert values["server"]["port"] == 9000
    assert values["engine"]["kind"] == "scripted"


def test_secrets_are_not_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that holds stays hidden."""
    monkeypatch.setenv("SOLAMI_TEST_KEY", "hush-hush")
    result = CliRunner().invoke(app, ["check", "debug", "--set", "server.api_key=${SOLAMI_TEST_KEY}"])
    assert result.exit_code == 0
    assert "hush" not in result.stdout
    assert "api_key: '***" in result.stdout

import pytest
from typer.testing import CliRunner

from solami.commands.data_group import app
from solami.errors import ConfigError


def test_help_names_every_command() -> None:
    """Each command about data is listed with what it does."""
    result = CliRunner().invoke(app, ["--help"])
    assert result.exit_code == 0
    names = {words[1] for line in result.stdout.splitlines() if len(words := line.split()) > 2 and words[0] == "│"}
    assert names >= {"build", "inspect", "write", "import"}


def test_an_unknown_configuration_is_refused() -> None:
    """A name that no file has is an error which says so, before anything is loaded."""
    with pytest.raises(ConfigError, match="nope"):
        CliRunner().invoke(app, ["build", "--config", "nope"], catch_exceptions=False)

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from solami.cli import app
from solami.commands.bench_voice import choose
from solami.datasets.speech import HumanLine, load_human_lines
from solami.errors import InputError
from solami.stream_server.app import create_app
from solami.stream_server.config import ServerConfig
from solami.stream_server.scripted import ScriptedBackend
from solami.stream_server.serving import background_server


def test_human_clips_are_said_and_answered(data_pack: Path) -> None:
    """`bench voice` gives one JSON object in which every clip was answered, cut into or left unanswered."""
    config = ServerConfig()
    arguments = ["bench", "voice", "--data", str(data_pack), "--clips", "1", "--turn-detection", "server_vad", "--json"]
    with background_server(create_app(ScriptedBackend(beats=1), config), config) as url:
        result = CliRunner().invoke(app, [*arguments, "--url", url], catch_exceptions=False)
    report = json.loads(result.stdout)
    assert result.exit_code == 0
    assert report["answered"] + report["cut_in"] + report["unanswered"] == report["clips"] == 1


def test_clips_are_short_ones_of_the_test_split(data_pack: Path) -> None:
    """Twenty clips come from several speakers of the test split."""
    chosen = choose(load_human_lines(data_pack), 20)
    assert len({line.id for line in chosen}) == 20 and len({line.speaker for line in chosen}) > 1
    assert all(line.split == "test" and line.seconds <= 8 for line in chosen)


def test_too_few_clips_are_an_error() -> None:
    """A pack without enough clips is named as such."""
    line = HumanLine("a", Path("a"), "", "s", 3.0, "train", "")
    with pytest.raises(InputError, match="got 0 human test clips"):
        choose([line], 1)

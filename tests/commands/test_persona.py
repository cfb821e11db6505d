import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from solami.audio.wav import read_audio, write_wav
from solami.cli import app
from solami.datasets.scripts import load_scripts
from solami.errors import ConfigError, InputError
from solami.frames import AudioChunk
from solami.personas import load_persona

SHIPPED = {"ada", "tom", "mira", "kenji", "luna", "brandt", "okafor", "pip", "zed", "rosa"}


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["persona", *arguments], catch_exceptions=False)
    assert result.exit_code == 0
    return result.stdout


def test_ten_personas_ship() -> None:
    """The list holds the ten shipped personas, each with a voice of its own."""
    rows = json.loads(run("list", "--json"))["personas"]
    assert {row["name"] for row in rows} >= SHIPPED
    assert len({row["voice"] for row in rows if row["name"] in SHIPPED}) == len(SHIPPED)


@pytest.mark.parametrize("name", sorted(SHIPPED))
def test_shipped_personas_have_no_faults(name: str) -> None:
    """Every shipped persona can be played by the debug server."""
    assert json.loads(run("check", name, "--config", "debug", "--json"))["faults"] == []


def test_a_new_persona_can_be_checked_and_edited(tmp_path: Path) -> None:
    """`new` writes a file that loads under its own name; writing it twice is refused."""
    path = Path(run("new", "nora", "--like", "ada", "--folder", str(tmp_path)).strip())
    assert load_persona(path).name == "nora"
    assert load_persona(path).voice == "ada"
    run("check", str(path), "--config", "debug")
    with pytest.raises(ConfigError, match="exists already"):
        run("new", "nora", "--folder", str(tmp_path))
    scripts = load_scripts(tmp_path / "nora" / "scripts")
    assert scripts and {script.persona for script in scripts} == {"nora"}


def test_a_long_text_is_a_fault(tmp_path: Path) -> None:
    """A persona whose text crowds out the conversation fails the check with status 1."""
    path = tmp_path / "long.yaml"
    path.write_text(f"name: long\ntitle: talker\nvoice: ada\ntext: {'word ' * 61}\n")
    result = CliRunner().invoke(app, ["persona", "check", str(path), "--config", "debug"])
    assert result.exit_code == 1
    assert "61 words" in result.stdout


def test_a_recorded_voice_is_checked_and_copied(tmp_path: Path, data_pack: Path) -> None:
    """`new` copies a good recording beside the persona; what is too short is refused, and `check` says what to mend."""
    reader = sorted((data_pack / "speech" / "librispeech" / "5142").glob("*.opus"))
    samples = np.concatenate([read_audio(file, 16_000).samples for file in reader[:3]])
    good, short = tmp_path / "good.wav", tmp_path / "short.wav"
    write_wav(good, AudioChunk(samples[: 6 * 16_000].copy(), 16_000))
    write_wav(short, AudioChunk(samples[:16_000].copy(), 16_000))
    told = ["--folder", str(tmp_path), "--voice-licence", "CC BY 4.0"]
    path = Path(run("new", "nora", *told, "--voice-reference", str(good)).strip())
    assert load_persona(path).voice_reference == tmp_path / "nora.wav"
    assert json.loads(run("check", str(path), "--config", "debug", "--json"))["faults"] == []
    with pytest.raises(InputError, match="record more"):
        run("new", "ben", *told, "--voice-reference", str(short))
    (tmp_path / "nora.wav").write_bytes(short.read_bytes())
    result = CliRunner().invoke(app, ["persona", "check", str(path), "--config", "debug"])
    assert result.exit_code == 1 and "record more" in result.stdout


def test_a_bad_name_is_refused(tmp_path: Path) -> None:
    """A name that no persona may have is refused before a file is written."""
    with pytest.raises(ConfigError, match="name"):
        run("new", "Not A Name", "--folder", str(tmp_path))
    assert not list(tmp_path.iterdir())

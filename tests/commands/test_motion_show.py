from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from solami.body.npz import write_motion
from solami.body.procedural import wave
from solami.commands.motion_show import mannequin, show
from solami.errors import InputError

app = typer.Typer()
app.command()(show)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "in.npz"
    write_motion(path, wave(0.5))
    return path


def test_a_clip_becomes_a_sheet(clip: Path) -> None:
    """A PNG is written, with a second motion below and feet held if asked."""
    out = clip.with_name("out.png")
    result = CliRunner().invoke(app, [str(clip), str(out), "--poses", "1", "--against", str(clip), "--foot-lock"])
    assert result.exit_code == 0, result.output
    assert out.read_bytes().startswith(b"\x89PNG")


def test_other_endings_are_refused(clip: Path) -> None:
    """An unknown ending, or a film of two motions, says what is expected."""
    for args, words in (
        ([str(clip), "out.jpg"], "expected .png"),
        ([str(clip), "a.gif", "--against", str(clip)], "sheets"),
    ):
        result = CliRunner().invoke(app, args)
        assert isinstance(result.exception, InputError) and words in str(result.exception)


def test_the_mannequin_is_written_as_an_avatar(tmp_path: Path) -> None:
    """The ending chooses the format; an unknown one says which there are."""
    writer = typer.Typer()
    writer.command()(mannequin)
    assert CliRunner().invoke(writer, [str(tmp_path / "m.vrm")]).exit_code == 0
    assert (tmp_path / "m.vrm").read_bytes().startswith(b"glTF")
    result = CliRunner().invoke(writer, [str(tmp_path / "m.fbx")])
    assert isinstance(result.exception, InputError) and ".vrm or .npz" in str(result.exception)

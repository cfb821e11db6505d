"""A persona is read strictly: every key known, every value in range, the shipped ones all well."""

from pathlib import Path

import pytest

from solami.errors import ConfigError
from solami.personas import load_persona

SHIPPED = sorted((Path(__file__).parent.parent / "configs" / "personas").glob("*.yaml"))
GOOD = "name: mine\ntitle: a test\nvoice: ada\ntext: You are a test.\n"


def test_the_defaults_are_enough(tmp_path: Path) -> None:
    """Name, title, voice and text make a persona."""
    path = tmp_path / "mine.yaml"
    path.write_text(GOOD)
    persona = load_persona(path)
    assert (persona.name, persona.avatar, persona.greeting) == ("mine", "mannequin", None)
    assert 0 < persona.sampling.speech.temperature <= 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (GOOD + "titel: x\n", "titel"),
        (GOOD.replace("mine", "Not A Name"), "name"),
        (GOOD + "sampling: {speech: {temperature: 3}}\n", r"sampling\.speech\.temperature"),
        (GOOD.replace("voice: ada\n", ""), "voice_reference"),
        (GOOD + "voice_reference: me.wav\nvoice_licence: mine\n", "either"),
        (GOOD.replace("voice: ada", "voice_reference: me.wav"), "voice_licence"),
        ("- a list\n", "file"),
        ("name: [\n", "cannot be read"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, message: str) -> None:
    """A typo, a value out of range and broken YAML are errors that name the file and the key."""
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(ConfigError, match=rf"mine\.yaml.*{message}"):
        load_persona(path)
    with pytest.raises(ConfigError, match="cannot be read"):
        load_persona(tmp_path / "none.yaml")


def test_a_recorded_voice_lies_beside_the_file(tmp_path: Path) -> None:
    """A voice reference with its licence takes the place of a voice's name and is found from the persona's folder."""
    path = tmp_path / "mine.yaml"
    path.write_text(GOOD.replace("voice: ada", "voice_reference: me.wav\nvoice_licence: CC0, recorded by me"))
    persona = load_persona(path)
    assert persona.voice is None
    assert (persona.voice_reference, persona.voice_licence) == (tmp_path / "me.wav", "CC0, recorded by me")


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_personas_load(path: Path) -> None:
    """Each shipped file is a persona of its own name."""
    assert load_persona(path).name == path.stem

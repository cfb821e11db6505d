from pathlib import Path

import pytest

from solami.datasets.scripts import load_scripts
from solami.errors import ConfigError
from solami.training.lm_sources import Sources, asked_before, persona_texts


def test_held_out_scripts_are_not_wanted() -> None:
    """Samples come from train scripts, of one character where one is named."""
    scripts = load_scripts()
    wanted = [script for script in scripts if Sources().wants(script)]
    assert {script.split for script in scripts} > {script.split for script in wanted} == {"train"}
    assert {script.persona for script in scripts if Sources(only="tom").wants(script)} == {"tom"}


def test_kinds_of_talks_come_as_often_as_told() -> None:
    """A script of a kind with weight three stands there three times, the others once."""
    scripts = load_scripts()
    weighted = Sources(kinds={"game": 3}).weighted(scripts)
    count = sum(script.kind == "game" for script in scripts)
    assert count and len(weighted) == len(scripts) + 2 * count
    assert sum(script.kind == "game" for script in weighted) == 3 * count
    with pytest.raises(ConfigError, match="gmae"):
        Sources(kinds={"gmae": 3}).weighted(scripts)


def test_a_line_answers_what_it_answered_first() -> None:
    """White space does not count, silence is neither asked nor answered."""
    talks = [["How are  you?", "Fine.", "", "Good."], ["Who is there?", "Fine."]]
    assert asked_before(talks) == {"Fine.": "How are you?"}


def test_personas_are_their_texts(tmp_path: Path) -> None:
    """Each file is read by the name inside it; without a folder there are none."""
    (tmp_path / "a.yaml").write_text("{name: ada, text: You are Ada., title: x}")
    assert persona_texts(tmp_path) == {"ada": "You are Ada."}
    assert persona_texts(tmp_path / "absent") == {}

import json
from collections import Counter
from pathlib import Path

import pytest

from solami.datasets.scripts import gather_scripts, load_scripts
from solami.errors import InputError


def test_shipped_scripts_hold_ten_personas() -> None:
    """Ten personas have some five hundred scripts each, with unique ids; held-out ones are of the first 938 alone."""
    scripts = load_scripts()
    assert len({s.id for s in scripts}) == len(scripts) == 6079
    assert min(Counter(s.persona for s in scripts).values()) > 450
    held_out = [s for s in scripts if s.split != "train"]
    assert len({s.persona for s in held_out}) == 10 and {s.split for s in held_out} == {"val", "test"}
    assert len(held_out) == 102 and all(int(s.id.split("-")[1]) < 1000 for s in held_out)


@pytest.mark.parametrize(
    ("turns", "message"),
    [
        ([{"role": "agent", "speech": "Hi.", "motion": "", "emotion": "happy"}], "expected 'user'"),
        ([{"role": "user", "speech": "Hi."}], "motion"),
    ],
)
def test_a_broken_script_is_named(tmp_path: Path, turns: list[dict[str, str]], message: str) -> None:
    """A wrong role or a missing field is an InputError with the script's id."""
    row = {"id": "x-1", "persona": "x", "kind": "chat", "topic": "t", "turns": turns}
    (tmp_path / "x.jsonl").write_text(json.dumps(row) + "\n")
    with pytest.raises(InputError, match=message) as caught:
        load_scripts(tmp_path)
    assert "x-1" in str(caught.value)


def test_scripts_of_more_folders_need_their_own_ids(tmp_path: Path) -> None:
    """A second folder adds its scripts; an id that the shipped ones have already is refused."""
    turns = [
        {"role": "user", "speech": "Hi.", "motion": "", "emotion": "happy"},
        {"role": "agent", "speech": "Hello.", "motion": "nods", "emotion": "happy"},
    ]
    row = {"id": "x-1", "persona": "x", "kind": "chat", "topic": "t", "turns": turns}
    (tmp_path / "x.jsonl").write_text(json.dumps(row) + "\n")
    assert len(gather_scripts([tmp_path])) == len(load_scripts()) + 1
    (tmp_path / "x.jsonl").write_text(json.dumps(row | {"id": "ada-0001"}) + "\n")
    with pytest.raises(InputError, match="ada-0001"):
        gather_scripts([tmp_path])

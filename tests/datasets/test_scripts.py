import json
from pathlib import Path

import pytest

from solami.datasets.scripts import gather_scripts, load_scripts
from solami.errors import InputError


def test_shipped_scripts_hold_ten_personas() -> None:
    """The package ships 938 scripts of ten personas with unique ids and all three splits."""
    scripts = load_scripts()
    assert (len(scripts), len({s.id for s in scripts}), len({s.persona for s in scripts})) == (938, 938, 10)
    assert {s.split for s in scripts} == {"train", "val", "test"}


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
    assert len(gather_scripts([tmp_path])) == 939
    (tmp_path / "x.jsonl").write_text(json.dumps(row | {"id": "ada-0001"}) + "\n")
    with pytest.raises(InputError, match="ada-0001"):
        gather_scripts([tmp_path])

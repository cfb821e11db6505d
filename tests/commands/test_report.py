import json

import pytest

from solami.commands.report import show

REPORT = {"clips": 3, "name": "ada", "split": {"train": 2}}


def test_json_is_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    """With --json the report is one line that reads back as it was."""
    show(REPORT, as_json=True)
    (line,) = capsys.readouterr().out.splitlines()
    assert json.loads(line) == REPORT


def test_for_people_it_is_a_line_a_value(capsys: pytest.CaptureFixture[str]) -> None:
    """Every value has its name in front; nested ones are JSON."""
    show(REPORT, as_json=False)
    assert capsys.readouterr().out.splitlines() == ["clips: 3", "name: ada", 'split: {"train": 2}']

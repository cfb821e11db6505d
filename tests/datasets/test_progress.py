"""The progress bar."""

import pytest

from solami.datasets.progress import progress


def test_items_come_through_and_logs_stay_clean(capsys: pytest.CaptureFixture[str]) -> None:
    """Every item comes once, in order; where standard error is no terminal, nothing is written."""
    assert list(progress(iter(range(5)), "counting", total=5)) == [0, 1, 2, 3, 4]
    assert capsys.readouterr() == ("", "")

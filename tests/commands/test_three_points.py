"""`solami train three-points`."""

from pathlib import Path

import pytest

from solami.commands.three_points import train_three_points
from solami.errors import InputError


def test_a_missing_pack_is_named(tmp_path: Path) -> None:
    """A folder without an index is refused with its path."""
    with pytest.raises(InputError, match="index"):
        train_three_points(overrides=[f"data={tmp_path}", f"out={tmp_path}"])

"""`solami train idle`."""

from pathlib import Path

import pytest

from solami.commands.idle import train_idle
from solami.errors import InputError


def test_a_missing_pack_is_named(tmp_path: Path) -> None:
    """A folder without an index is refused with its path."""
    with pytest.raises(InputError, match="index"):
        train_idle(overrides=[f"data={tmp_path}", f"out={tmp_path}"])

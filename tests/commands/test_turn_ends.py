"""`solami train turn-ends`."""

from pathlib import Path

import pytest

from solami.commands.turn_ends import train_turn_ends
from solami.errors import InputError


def test_a_missing_pack_is_named(tmp_path: Path) -> None:
    """A folder without an index is refused before any model is loaded."""
    with pytest.raises(InputError, match="index"):
        train_turn_ends(overrides=[f"data={tmp_path}"])

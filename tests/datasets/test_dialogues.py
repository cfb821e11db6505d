import json
import lzma
from pathlib import Path

import pytest

from solami.datasets.dialogues import read_dialogues
from solami.datasets.sources import split_of
from solami.errors import InputError


def write(pack: Path, *lines: str) -> Path:
    (pack / "text").mkdir(parents=True)
    with lzma.open(pack / "text" / "dialogues.jsonl.xz", "wt", encoding="utf-8") as file:
        file.write("\n".join(lines))
    return pack


def test_dialogues_carry_split_and_licence(tmp_path: Path) -> None:
    """Turns come in order; the split follows from the id, the licence from the source."""
    row = {"id": "sd-1", "source": "self-dialogue", "turns": ["Hi.", "Hello."]}
    (dialogue,) = read_dialogues(write(tmp_path, json.dumps(row)))
    assert dialogue.turns == ("Hi.", "Hello.")
    assert (dialogue.split, dialogue.licence) == (split_of("sd-1"), "BSD-3-Clause")


def test_a_missing_or_broken_file_is_named(tmp_path: Path) -> None:
    """No file, or a line that is no object, is an InputError in words."""
    with pytest.raises(InputError, match="dialogues"):
        list(read_dialogues(tmp_path / "nowhere"))
    with pytest.raises(InputError, match="line 1"):
        list(read_dialogues(write(tmp_path, "not json")))

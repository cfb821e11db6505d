"""The data pack's cleaned text conversations."""

from __future__ import annotations

import lzma
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from solami.datasets.sources import Split, read_jsonl, require_file, split_of

LICENCES = {"self-dialogue": "BSD-3-Clause", "synthetic-persona-chat": "CC-BY-4.0"}


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Two speakers taking turns."""

    id: str
    source: str
    turns: tuple[str, ...]
    split: Split
    licence: str


def read_dialogues(pack: Path) -> Iterator[Dialogue]:
    """The conversations of the data pack in file order. Raises InputError where the file is missing or broken."""
    path = require_file(pack / "text" / "dialogues.jsonl.xz", "dialogues")
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for row in read_jsonl(lines, path.name):
            source = str(row["source"])
            yield Dialogue(row["id"], source, tuple(row["turns"]), split_of(row["id"]), LICENCES[source])

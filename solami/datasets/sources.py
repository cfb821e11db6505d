"""Where the data pack lies and how its parts are split. Knows no format of any part."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, TextIO

from solami.errors import InputError

Split = Literal["train", "val", "test"]
DATA_VARIABLE = "SOLAMI_DATA"
BESIDE_CHECKOUT = Path(__file__).parents[3] / "shared" / "data"


def data_pack(given: Path | None = None) -> Path:
    """The data pack's folder: the given one, else $SOLAMI_DATA, else `shared/data` beside the checkout."""
    folder = given or Path(os.environ.get(DATA_VARIABLE) or BESIDE_CHECKOUT)
    if not folder.is_dir():
        raise InputError(
            f"data pack: got {folder}, which is no folder; set {DATA_VARIABLE} to the pack's `data` folder"
        )
    return folder


def split_of(sample_id: str) -> Split:
    """The split of a script or dialogue: md5 of its id modulo 100, < 90 train, < 95 val, else test."""
    bucket = int(hashlib.md5(sample_id.encode(), usedforsecurity=False).hexdigest(), 16) % 100
    return "train" if bucket < 90 else "val" if bucket < 95 else "test"


def require_file(path: Path, what: str) -> Path:
    """`path`, or InputError that says what is missing."""
    if not path.is_file():
        raise InputError(f"{what}: {path} is missing; set {DATA_VARIABLE} to the folder of the whole data pack")
    return path


def read_jsonl(lines: TextIO, name: str) -> Iterator[dict[str, Any]]:
    """The objects of a JSON-lines stream. Raises InputError naming the line that is none."""
    for number, line in enumerate(lines, start=1):
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise InputError(f"{name}, line {number}: {error.msg}; expected one JSON object a line") from error
        if not isinstance(row, dict):
            raise InputError(f"{name}, line {number}: got {type(row).__name__}, expected a JSON object")
        yield row

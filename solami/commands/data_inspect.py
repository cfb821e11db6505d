"""`solami data inspect`: what lies in a folder of packed rows or of talks. Changes nothing."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from solami.commands.data import DataConfig, load_vocabulary
from solami.errors import InputError

if TYPE_CHECKING:
    from solami.llm.vocabulary import Vocabulary


def inspect_data(config: DataConfig, folder: Path, row: int = 0, count: int = 200) -> dict[str, Any]:
    """Numbers of a folder of packed rows or of talks, and one of them in words."""
    from solami.training.talk_shards import SHARDS

    return inspect_talks(folder, row) if any(folder.glob(SHARDS)) else inspect_rows(config, folder, row, count)


def inspect_talks(folder: Path, row: int = 0) -> dict[str, Any]:
    """Numbers of a folder of talks and one talk turn by turn."""
    from solami.training.talk_shards import describe, read_talks

    table = read_talks(folder)
    if not 0 <= row < table.num_rows:
        raise InputError(f"row: got {row}, expected 0 to {table.num_rows - 1}")
    talk = table.slice(row, 1).to_pylist()[0]
    told = [
        f"{turn['role']}: "
        + " ".join(f"<{part['kind']}> {part['text']} [{part['beats']} beats]" for part in turn["parts"])
        for turn in talk["turns"]
    ]
    return {**describe(folder), "example": {"id": talk["id"], "seconds": round(talk["seconds"], 1), "turns": told}}


def inspect_rows(config: DataConfig, folder: Path, row: int = 0, count: int = 200) -> dict[str, Any]:
    """Numbers of a folder of rows and the first tokens of one row in words."""
    from solami.training.lm_data import read_rows

    ids, mask = read_rows(folder)
    if not 0 <= row < len(ids):
        raise InputError(f"row: got {row}, expected 0 to {len(ids) - 1}")
    vocabulary = load_vocabulary(config)
    return {
        "rows": len(ids),
        "row_tokens": ids.shape[1],
        "learned_share": round(float(mask.mean()), 4),
        "distinct_ids": len(Counter(ids.ravel().tolist())),
        "example": describe_ids(vocabulary, ids[row, :count].tolist()),
    }


def describe_ids(vocabulary: Vocabulary, ids: list[int]) -> str:
    """Ids in words: text as it is, codes as s12, b3, h4, p5."""
    from solami.llm.vocabulary import MODALITIES

    words = []
    for token in ids:
        special = vocabulary.special_name(token)
        if special is not None:
            words.append(f" {special}")
        elif token in vocabulary.text_span:
            words.append(vocabulary.decode_text([token]))
        else:
            name = next(m for m in MODALITIES if token in vocabulary.span(m))
            words.append(f" {name[0]}{token - vocabulary.span(name).start}")
    return "".join(words)

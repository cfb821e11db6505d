"""The index of a motion pack: which clips there are and what is known of each. Reads no motion by itself."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from solami.body.npz import read_motion
from solami.errors import InputError
from solami.frames import MotionChunk

Split = Literal["train", "val", "test"]


@dataclass(frozen=True, slots=True)
class Clip:
    """One captioned clip of a pack."""

    id: str
    path: Path
    caption: str
    action: str
    split: Split
    has_hands: bool  # finger rotations come from the source
    hands_animated: bool
    pair_id: str | None
    pair_role: str | None

    def read(self) -> MotionChunk:
        """The clip's poses at 30 fps."""
        return read_motion(self.path).motion


def read_index(folder: Path) -> list[Clip]:
    """The clips of `folder`/index.jsonl, in its order. Raises InputError where it is absent or broken."""
    index = folder / "index.jsonl"
    try:
        rows = [json.loads(line) for line in index.read_text(encoding="utf-8").splitlines() if line.strip()]
        return [_clip(folder, row) for row in rows]
    except OSError as error:
        raise InputError(f"{index}: cannot be read; give the folder of a motion pack with its index.jsonl") from error
    except (ValueError, KeyError) as error:
        raise InputError(f"{index}: not an index of clips ({error!r}); see the pack's README for its keys") from error


def _clip(folder: Path, row: dict[str, object]) -> Clip:
    split = row["split"]
    if split not in ("train", "val", "test"):
        raise ValueError(f"split {split!r}")
    pair_id, pair_role = row.get("pair_id"), row.get("pair_role")
    return Clip(
        id=str(row["id"]),
        path=folder / str(row["file"]),
        caption=str(row["caption"]),
        action=str(row["action"]),
        split=split,
        has_hands=bool(row["has_hands"]),
        hands_animated=bool(row["hands_animated"]),
        pair_id=None if pair_id is None else str(pair_id),
        pair_role=None if pair_role is None else str(pair_role),
    )

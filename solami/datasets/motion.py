"""The data pack's motion clips with what their index knows: caption, action, gesture phases, licence."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from solami.body.npz import read_motion
from solami.body.procedural import with_relaxed_fingers
from solami.datasets.sources import Split, read_jsonl, require_file
from solami.frames import MotionChunk


@dataclass(frozen=True, slots=True)
class MotionClip:
    """One captioned clip; the poses are read on demand."""

    id: str
    path: Path
    caption: str  # third person, without subject
    action: str
    seconds: float
    stroke_s: float | None  # when the gesture proper starts
    has_hands: bool
    pair_id: str | None  # of two clips recorded together; None: one person alone
    split: Split
    licence: str

    @property
    def is_alone(self) -> bool:
        """Whether it is no half of a pair."""
        return self.pair_id is None

    def read(self) -> MotionChunk:
        """The poses at 30 fps; fingers that were not captured are relaxed ones."""
        motion = read_motion(self.path).motion
        return motion if self.has_hands else with_relaxed_fingers(motion)


def load_motion_clips(pack: Path) -> list[MotionClip]:
    """All clips of the data pack's motion index. Raises InputError where it is missing."""
    folder = pack / "motion"
    index = require_file(folder / "index.jsonl", "motion")
    with index.open(encoding="utf-8") as lines:
        return [
            MotionClip(
                id=row["id"],
                path=folder / row["file"],
                caption=row["caption"],
                action=row["action"],
                seconds=row["seconds"],
                stroke_s=row["phases"]["stroke_start"] if row["phases"] else None,
                has_hands=row["has_hands"],
                pair_id=row["pair_id"],
                split=row["split"],
                licence=row["licence"],
            )
            for row in read_jsonl(lines, str(index))
        ]

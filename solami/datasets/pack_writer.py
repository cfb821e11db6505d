"""Writes clips and recordings in the form of the development data pack, so that everything that reads it reads them.

`OUT/motion/index.jsonl` and `OUT/speech/index.jsonl`, one object a line; a stopped import goes on where it stopped.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import soundfile

from solami.body.geometry import heading
from solami.body.measures import FINGERS, body_positions
from solami.body.npz import write_motion
from solami.body.standing import moved
from solami.datasets.sources import Split
from solami.frames import AudioChunk, MotionChunk

ANIMATED_RAD = np.radians(3.0)  # fingers that move by less were not captured, or held still
FLOOR_PERCENTILE = 15  # of the lowest joint over a clip, as in the development pack
SOLE_M = 0.02  # from the lowest joint down to the sole


@dataclass(frozen=True, slots=True)
class MotionRow:
    """What is known of a clip."""

    id: str
    set: str
    caption: str
    split: Split
    source: str
    licence: str
    has_hands: bool
    action: str = ""
    pair_id: str | None = None
    pair_role: Literal["a", "b"] | None = None


@dataclass(frozen=True, slots=True)
class SpeechRow:
    """What is known of a recording."""

    id: str
    text: str
    speaker: str
    split: Split
    source: str
    licence: str
    gender: str = "unknown"


class PackWriter:
    """A pack that grows."""

    def __init__(self, out: Path) -> None:
        """Open a folder, which may be new or hold an earlier, unfinished import."""
        self._out = out
        self._done = {part: _ids(out / part / "index.jsonl") for part in ("motion", "speech")}

    def has(self, part: Literal["motion", "speech"], name: str) -> bool:
        """Whether a clip or recording of this id lies there already."""
        return name in self._done[part]

    def add_motion(self, row: MotionRow, motion: MotionChunk) -> None:
        """Keep a clip at 30 fps, put where `grounded` puts it (a pair: where the caller has put both)."""
        path = self._out / "motion" / row.set / f"{row.id.rpartition('/')[2]}.npz"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_motion(path, motion)
        fingers = motion.rotations[:, FINGERS]
        turn = 2 * np.arccos(np.clip(np.abs((fingers * fingers[:1]).sum(axis=-1)), 0, 1))
        more = {
            "file": f"{row.set}/{path.name}",
            "seconds": round(len(motion.rotations) / motion.fps, 3),
            "hands_animated": bool(row.has_hands and turn.max() > ANIMATED_RAD),
            "phases": None,
        }
        self._keep("motion", row.id, {**asdict(row), **more})

    def add_speech(self, row: SpeechRow, audio: AudioChunk) -> None:
        """Keep a recording as FLAC."""
        path = self._out / "speech" / row.source / row.speaker / f"{row.id}.flac"
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(path, np.clip(audio.samples, -1, 1), audio.sample_rate, subtype="PCM_16")
        file = path.relative_to(self._out / "speech").as_posix()
        seconds = round(len(audio.samples) / audio.sample_rate, 3)
        self._keep("speech", row.id, {**asdict(row), "file": file, "seconds": seconds})

    def _keep(self, part: str, name: str, row: dict[str, Any]) -> None:
        """The index names a file only once it is whole."""
        with (self._out / part / "index.jsonl").open("a", encoding="utf-8") as index:
            index.write(json.dumps(row) + "\n")
        self._done[part].add(name)


def grounded(motion: MotionChunk, like: MotionChunk | None = None) -> MotionChunk:
    """Soles on the floor, the first pose over the origin facing +Z; with `like`, moved as that one has to be."""
    first = like or motion
    x, _, z = (float(value) for value in first.translation[0])
    yaw = float(heading(first.rotations[0, 0].astype(np.float64)))
    level = float(np.percentile(body_positions(first)[..., 1].min(axis=1), FLOOR_PERCENTILE)) - SOLE_M
    put = moved(moved(motion, 0.0, -x, -z), -yaw, 0.0, 0.0)
    lowered = put.translation - np.array([0.0, level, 0.0], np.float32)
    return MotionChunk(put.rotations, lowered.astype(np.float32), motion.fps)


def _ids(index: Path) -> set[str]:
    if not index.is_file():
        return set()
    return {json.loads(line)["id"] for line in index.read_text(encoding="utf-8").splitlines()}

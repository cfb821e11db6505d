"""The data pack's clips of human speech."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from solami.datasets.sources import Split, read_jsonl, require_file
from solami.datasets.tts import SAMPLE_RATE
from solami.errors import InputError
from solami.frames import AudioChunk


@dataclass(frozen=True, slots=True)
class HumanLine:
    """One recorded line and its transcript; the audio is read on demand."""

    id: str
    path: Path
    text: str
    speaker: str
    seconds: float
    split: Split
    licence: str

    def load(self) -> AudioChunk:
        """The samples at 16 kHz, clipped to [-1, 1]."""
        samples, rate = soundfile.read(self.path, dtype="float32")
        if rate != SAMPLE_RATE:
            raise InputError(f"{self.path}: got {rate} Hz, expected {SAMPLE_RATE} Hz")
        return AudioChunk(np.clip(samples, -1, 1).astype(np.float32), rate)


def load_human_lines(pack: Path) -> list[HumanLine]:
    """All clips of the data pack's index. Raises InputError where it is missing."""
    folder = pack / "speech"
    index = require_file(folder / "index.jsonl", "human speech")
    with index.open(encoding="utf-8") as lines:
        return [
            HumanLine(
                row["id"],
                folder / row["file"],
                row["text"],
                row["speaker"],
                row["seconds"],
                row["split"],
                row["licence"],
            )
            for row in read_jsonl(lines, str(index))
        ]

"""A store of synthesised lines: FLAC shards and one index, filled once and read at random.

Holds audio and words only; codes are made from it by whichever speech tokenizer a training run uses.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import soundfile

from solami.datasets.tts import SAMPLE_RATE, SpokenLine
from solami.errors import InputError
from solami.frames import FloatArray

INDEX = "index.jsonl"
Role = Literal["agent", "user"]  # agent: one clause in the one agent voice; user: a whole line in any voice


@dataclass(frozen=True, slots=True)
class StoredLine:
    """Where one line's samples lie."""

    role: Role
    text: str
    voice: str
    shard: str
    first: int  # sample in the shard
    count: int


class SpokenStore:
    """Lines by role and text; a text is stored once for each role."""

    def __init__(self, folder: Path) -> None:
        """Open a folder, which may be new or hold an earlier, unfinished run."""
        self.folder = folder
        self._lines: dict[tuple[Role, str], StoredLine] = {}
        self._shards = 0
        if (folder / INDEX).is_file():
            for row in (folder / INDEX).read_text(encoding="utf-8").splitlines():
                self._keep(StoredLine(**json.loads(row)))

    def __len__(self) -> int:
        return len(self._lines)

    def __contains__(self, key: tuple[Role, str]) -> bool:
        return key in self._lines

    def texts(self, role: Role) -> list[str]:
        """All texts of a role in the order they were stored."""
        return [line.text for line in self._lines.values() if line.role == role]

    def line(self, role: Role, text: str) -> StoredLine:
        """Where a line lies. Raises InputError when it was never stored."""
        if (role, text) not in self._lines:
            raise InputError(
                f"{self.folder}: no {role} line {text!r}; run `solami data build --stage speech` to the end"
            )
        return self._lines[role, text]

    def read_shard(self, stem: str) -> list[tuple[Role, str, FloatArray]]:
        """Role, text and samples of every line of one shard, read at one go."""
        samples, _ = soundfile.read(self.folder / f"{stem}.flac", dtype="float32")
        return [
            (line.role, line.text, samples[line.first : line.first + line.count])
            for line in self._lines.values()
            if Path(line.shard).stem == stem
        ]

    def load(self, role: Role, text: str) -> FloatArray:
        """The samples of a line at 16 kHz."""
        line = self.line(role, text)
        samples, _ = soundfile.read(self.folder / line.shard, start=line.first, frames=line.count, dtype="float32")
        return np.asarray(samples, np.float32)

    def add(self, spoken: Iterable[tuple[Role, str, str, FloatArray]]) -> None:
        """Write one shard of (role, text, voice, samples); the index names it only once it is whole."""
        self.folder.mkdir(parents=True, exist_ok=True)
        shard, first, parts, lines = f"{self._shards:05d}.flac", 0, [], []
        for role, text, voice, samples in spoken:
            lines.append(StoredLine(role, text, voice, shard, first, len(samples)))
            parts.append(samples)
            first += len(samples)
        soundfile.write(self.folder / shard, np.concatenate(parts), SAMPLE_RATE, subtype="PCM_16")
        with (self.folder / INDEX).open("a", encoding="utf-8") as index:
            index.writelines(json.dumps(asdict(line)) + "\n" for line in lines)
        for line in lines:
            self._keep(line)

    def _keep(self, line: StoredLine) -> None:
        self._lines[line.role, line.text] = line
        self._shards = max(self._shards, int(Path(line.shard).stem) + 1)


def trimmed(line: SpokenLine, lead_s: float = 0.02, tail_s: float = 0.06) -> FloatArray:
    """The samples from `lead_s` before the first phone that sounds to `tail_s` behind the last one."""
    sounding = [(start, end) for name, start, end in line.phones if not name.startswith(("pau", "_"))]
    samples, rate = line.audio.samples, line.audio.sample_rate
    if not sounding:
        return samples
    first = max(0, round((sounding[0][0] - lead_s) * rate))
    return samples[first : round((sounding[-1][1] + tail_s) * rate)]


def whole_beats(samples: FloatArray, beat_s: float = 0.4, seed: int = 0) -> FloatArray:
    """Samples at 16 kHz padded to a whole number of beats with faint noise (-70 dBFS), at least one beat."""
    beat = round(beat_s * SAMPLE_RATE)
    missing = -len(samples) % beat if len(samples) else beat
    noise = np.random.default_rng(seed).standard_normal(missing) * 3e-4
    return np.concatenate([samples, noise]).astype(np.float32)

"""The store of codes that training rows are made of: spoken lines and staged motion. `lm_encoding` fills it.

A folder of npz without pickle, one file a shard.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from solami.errors import InputError
from solami.frames import FloatArray, IntArray

TALKS, IDLES = 48, 24  # as many runs as `Stage.choose` draws from
THREE_POINTS = "three:"  # before the key of a run that headset and two controllers showed


@dataclass(frozen=True, slots=True, eq=False)
class StagedCodes:
    """Codes of a staged run, its lead-in taken off."""

    body: IntArray  # [K, T]
    hands: IntArray  # [K, T]
    path: FloatArray  # [T, 3] floor step from the run's start to the end of each code frame, see `scene.floor_path`


class CodeStore:
    """What `lm_encoding` left in a folder."""

    def __init__(self, folder: Path) -> None:
        """Read every shard into memory. Raises InputError when there are none."""
        self.speech: dict[tuple[str, str], IntArray] = {}  # (agent | user | human, text or id) -> codes [K, T]
        self.texts: dict[str, str] = {}  # of human lines, by id
        self.motion: dict[str, StagedCodes] = {}
        for file in sorted(folder.glob("speech_*.npz")):
            self._read_speech(file)
        for file in sorted(folder.glob("motion_*.npz")):
            self._read_motion(file)
        if not self.speech:
            raise InputError(f"{folder}: no codes of speech; run `solami data build --stage codes` first")

    def _read_speech(self, file: Path) -> None:
        with np.load(file) as stored:
            values, counts = stored["values"].astype(np.int32), stored["counts"]
            for key, end, count in zip(json.loads(str(stored["keys"])), np.cumsum(counts), counts, strict=True):
                self.speech[key[0], key[1]] = values[:, end - count : end]
                if key[0] == "human":
                    self.texts[key[1]] = key[2]

    def _read_motion(self, file: Path) -> None:
        with np.load(file) as stored:
            body, hands = stored["body"].astype(np.int32), stored["hands"].astype(np.int32)
            counts, paths = stored["counts"], stored["paths"] if "paths" in stored else np.zeros((body.shape[1], 3))
            for key, end, count in zip(json.loads(str(stored["keys"])), np.cumsum(counts), counts, strict=True):
                span = slice(end - count, end)
                self.motion[key] = StagedCodes(body[:, span], hands[:, span], paths[span].astype(np.float32))

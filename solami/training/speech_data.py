"""Clips for the speech tokenizer: samples, pitch and phones in memory, and random batches of them.

Synthetic clips carry phone times; human clips get them by forced alignment, or only the order of their phones where
that fails.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from solami.datasets.forced_alignment import ForcedAligner
from solami.datasets.phones import PHONE_IDS, phones_of
from solami.frames import FloatArray

log = logging.getLogger(__name__)

SAMPLE_RATE = 16_000
HOP = 160


@dataclass(frozen=True, slots=True, eq=False)
class SpeechClip:
    """One utterance, ready to train on."""

    samples: NDArray[np.int16]  # [S] at 16 kHz
    f0_hz: FloatArray  # [S / HOP], 0 where unvoiced, taken at hop centres
    phones: NDArray[np.int16]  # [N] phone ids in order
    starts_s: FloatArray  # [N] start of each phone; empty when only the order is known
    speaker: str


def track_pitch(samples: NDArray[np.float64]) -> FloatArray:
    """Pitch in Hz at each 10 ms hop centre, 0 where unvoiced (Praat's autocorrelation)."""
    import parselmouth

    hops = len(samples) // HOP
    pitch = parselmouth.Sound(samples, SAMPLE_RATE).to_pitch_ac(time_step=0.01, pitch_floor=60.0, pitch_ceiling=420.0)
    found, times = pitch.selected_array["frequency"], pitch.xs()
    nearest = np.clip(np.round((np.arange(hops) * 0.01 + 0.005 - times[0]) / 0.01).astype(int), 0, len(times) - 1)
    return found[nearest].astype(np.float32)


def _read(path: Path) -> NDArray[np.float64]:
    samples, rate = soundfile.read(path)
    return samples if rate == SAMPLE_RATE else soxr.resample(samples, rate, SAMPLE_RATE)


def _clip(samples: NDArray[np.float64], phones: list[str], starts: list[float], speaker: str) -> SpeechClip | None:
    if len(samples) < SAMPLE_RATE // 2:
        return None
    return SpeechClip(
        (np.clip(samples, -1, 1) * 32767).astype(np.int16),
        track_pitch(samples),
        np.array([PHONE_IDS[p] for p in phones], np.int16),
        np.array(starts, np.float32),
        speaker,
    )


def load_human(folder: Path, split: str, max_seconds: float) -> list[SpeechClip]:
    """The data pack's human clips of one split, no longer than `max_seconds`; most get phone times by alignment."""
    rows = [json.loads(line) for line in (folder / "index.jsonl").read_text().splitlines()]
    rows = [row for row in rows if row["split"] == split and row["seconds"] <= max_seconds]
    aligner = ForcedAligner(phones_of)
    clips = []
    for number, row in enumerate(rows):
        speaker = row["id"] if row["speaker"] == "unknown" else row["speaker"]
        samples = _read(folder / row["file"])
        found = aligner.align(samples.astype(np.float32), row["text"])
        names = [name for name, _ in found] if found else phones_of(row["text"])
        clips.append(_clip(samples, names, [start for _, start in found or []], speaker))
        if number % 200 == 0:
            log.info("%d of %d human clips read and aligned", number + 1, len(rows))
    return [clip for clip in clips if clip is not None]


def load_synthetic(folder: Path, limit: int | None = None) -> list[SpeechClip]:
    """Synthesised clips of `index.jsonl` with phone times; clips whose phones are not flite's keep their audio only."""
    rows = [json.loads(line) for line in (folder / "index.jsonl").read_text().splitlines()][:limit]
    clips = []
    for row in rows:
        known = all(name in PHONE_IDS for name, _, _ in row["phones"])
        phones = [name for name, _, _ in row["phones"]] if known else phones_of(row["text"])
        starts = [start for _, start, _ in row["phones"]] if known else []
        clips.append(_clip(_read(folder / row["file"]), phones, starts, row["voice"]))
    return [clip for clip in clips if clip is not None]


def save_clips(clips: list[SpeechClip], path: Path) -> None:
    """Write clips as one npz of flat arrays (no pickle)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez(
        path,
        samples=np.concatenate([c.samples for c in clips]),
        f0_hz=np.concatenate([c.f0_hz for c in clips]),
        phones=np.concatenate([c.phones for c in clips]),
        starts_s=np.concatenate([c.starts_s for c in clips]),
        lengths=np.array([[len(c.samples), len(c.f0_hz), len(c.phones), len(c.starts_s)] for c in clips]),
        speakers=np.array([c.speaker for c in clips]),
    )


def read_clips(path: Path) -> list[SpeechClip]:
    """Clips written by `save_clips`."""
    with np.load(path) as stored:
        cuts = np.cumsum(stored["lengths"], axis=0)[:-1]
        parts = [
            np.split(stored[name], cuts[:, k]) for k, name in enumerate(("samples", "f0_hz", "phones", "starts_s"))
        ]
        samples, f0_hz, phones, starts_s = parts
        rows = zip(samples, f0_hz, phones, starts_s, stored["speakers"], strict=True)
        return [SpeechClip(a, b, c, d, str(speaker)) for a, b, c, d, speaker in rows]

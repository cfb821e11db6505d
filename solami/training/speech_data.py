"""Clips for the speech tokenizer: samples, pitch and phones in memory, and random batches of them.

Phones are flite's (the CMU set). Synthetic clips carry phone times; human clips get them by forced
alignment, or only the order of their phones where that fails.
"""

from __future__ import annotations

import json
import logging
import shutil
import subprocess
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from solami.datasets.forced_alignment import ForcedAligner
from solami.errors import InputError
from solami.frames import FloatArray

log = logging.getLogger(__name__)

SAMPLE_RATE = 16_000
HOP = 160
PHONES = (  # flite's, after the CTC blank; their order is part of every checkpoint
    *("<blank>", "pau", "aa", "ae", "ah", "ao", "aw", "ax", "ay", "b", "ch", "d", "dh", "eh", "er", "ey", "f", "g"),
    *("hh", "ih", "iy", "jh", "k", "l", "m", "n", "ng", "ow", "oy", "p", "r", "s", "sh", "t", "th", "uh", "uw", "v"),
    *("w", "y", "z", "zh"),
)
PHONE_IDS = {phone: index for index, phone in enumerate(PHONES)}


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


def phones_of(text: str) -> list[str]:
    """The phones of a text in order, by flite's front end."""
    if shutil.which("flite") is None:
        raise InputError(
            "flite is not installed: it gives the phones of human transcripts. Install the package `flite`."
        )
    run = subprocess.run(["flite", "-voice", "kal", "-ps", "-t", text, "-o", "none"], capture_output=True, check=True)
    return [phone for phone in run.stdout.decode().split() if phone in PHONE_IDS]


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


def warp(clip: SpeechClip, factor: float) -> SpeechClip:
    """The clip played `factor` times as fast: a new voice with its pitch and formants raised."""

    def stretch(values: NDArray[np.int16]) -> FloatArray:
        places = np.arange(0, len(values) - 1, factor)
        return np.interp(places, np.arange(len(values)), values).astype(np.float32)

    samples = stretch(clip.samples)
    hops = len(samples) // HOP
    nearest = np.clip(np.round(np.arange(hops) * factor).astype(int), 0, len(clip.f0_hz) - 1)
    return SpeechClip(
        samples.astype(np.int16),
        clip.f0_hz[nearest] * np.float32(factor),
        clip.phones,
        clip.starts_s / factor,
        clip.speaker,
    )


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """One row of a batch."""

    heard: SpeechClip
    said: SpeechClip  # how it shall sound decoded: as it is, or by another voice, in the same phones
    reference: SpeechClip  # of the voice that says it


class ClipPool:
    """Draws clips of similar length, and for each a reference of its speaker, or of another who said the same."""

    def __init__(self, clips: list[SpeechClip], weights: FloatArray, retold_share: float = 0.0) -> None:
        """`retold_share`: of the clips that another voice said too, so many shall be decoded in that voice."""
        order = np.argsort([len(clip.samples) for clip in clips], kind="stable")
        self.clips = [clips[i] for i in order]
        self.lengths = np.array([len(clip.samples) for clip in self.clips])
        self.weights = weights[order] / weights.sum()
        self._retold_share = retold_share
        self._by_speaker: dict[str, list[int]] = defaultdict(list)
        self._by_phones: dict[bytes, list[int]] = defaultdict(list)
        for index, clip in enumerate(self.clips):
            self._by_speaker[clip.speaker].append(index)
            if len(clip.starts_s):
                self._by_phones[clip.phones.tobytes()].append(index)

    def draw(self, rng: np.random.Generator, seconds: float) -> list[Drawn]:
        """About `seconds` of speech; half of the rows warped into new voices."""
        longest = self.lengths[rng.choice(len(self.clips), p=self.weights)]
        first, last = np.searchsorted(self.lengths, [0.8 * longest, longest + 1])
        count = max(4, int(seconds * SAMPLE_RATE / longest))
        near = self.weights[first:last] / self.weights[first:last].sum()
        return [self._row(rng, first + int(i)) for i in rng.choice(last - first, size=count, p=near)]

    def _row(self, rng: np.random.Generator, index: int) -> Drawn:
        heard = self.clips[index]
        said = self.clips[self._retold(rng, index)]
        reference = self.clips[rng.choice(self._by_speaker[said.speaker])]
        if rng.random() >= 0.5:
            return Drawn(heard, said, reference)
        factor = float(rng.uniform(0.84, 1.2))
        warped = warp(heard, factor)
        return Drawn(warped, warped if said is heard else warp(said, factor), warp(reference, factor))

    def _retold(self, rng: np.random.Generator, index: int) -> int:
        """The number of a clip of another voice that says the same, or `index`."""
        clip = self.clips[index]
        if self._retold_share == 0 or rng.random() >= self._retold_share:
            return index
        same = self._by_phones.get(clip.phones.tobytes(), []) if len(clip.starts_s) else []
        others = [i for i in same if self.clips[i].speaker != clip.speaker]
        return int(rng.choice(others)) if others else index

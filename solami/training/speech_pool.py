"""What a batch of speech is drawn from: clips of similar length, warped into new voices, told again by others."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solami.frames import FloatArray
from solami.training.speech_data import HOP, SAMPLE_RATE, SpeechClip


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

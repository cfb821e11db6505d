"""How a measured number is reported: with its interval, its count and the baseline from the same run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol, TypeVar

import numpy as np

from solami.frames import FloatArray

Part = TypeVar("Part")
RESAMPLES = 1000


class Listener(Protocol):
    """Speech -> words, as `recognition.Recogniser` does it."""

    def words(self, samples: FloatArray) -> str:
        """What is heard in samples [T] at 16 kHz."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One number over `n` clips or prompts of one split and source."""

    name: str
    value: float
    ci95: tuple[float, float]
    n: int
    baseline: float | None  # the same measure without the thing measured, on the same clips
    split: str
    source: str

    def as_row(self) -> dict[str, Any]:
        """JSON-ready."""
        return asdict(self)


def measure(
    name: str,
    parts: Sequence[Part],
    pool: Callable[[Sequence[Part]], float],
    *,
    split: str,
    source: str,
    baseline: float | None = None,
) -> Measure:
    """Pool the parts of all clips into one number, with a 95 % bootstrap interval over clips.

    Raises:
        ValueError: there are no parts.
    """
    if not parts:
        raise ValueError(f"{name}: nothing was measured")
    rng = np.random.default_rng(0)
    draws = [pool([parts[i] for i in rng.integers(0, len(parts), len(parts))]) for _ in range(RESAMPLES)]
    low, high = np.percentile(draws, [2.5, 97.5])
    return Measure(name, pool(parts), (float(low), float(high)), len(parts), baseline, split, source)


def pooled_mean(parts: Sequence[tuple[float, int]]) -> float:
    """Mean over frames of (mean, frames) of each clip."""
    return sum(mean * count for mean, count in parts) / max(1, sum(count for _, count in parts))


def spread(clips: Sequence[Part], limit: int | None) -> list[Part]:
    """All clips, or `limit` of them, evenly spread."""
    if limit is None or limit >= len(clips):
        return list(clips)
    return [clips[int(index)] for index in np.linspace(0, len(clips) - 1, limit)]

"""A measure beside its baseline, and what it is better by: paired over the same samples, so that an interval tells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, TypeVar

import numpy as np

from solami.evaluation.measures import Measure, measure

Part = TypeVar("Part")
Better = Literal["more", "less"]
OTHERS = 12  # samples that a baseline is the mean of: one alone would be chance


def paired(
    name: str,
    parts: Sequence[tuple[Part, Part]],
    pool: Callable[[Sequence[Part]], float],
    better: Better,
    *,
    split: str,
    source: str,
) -> list[Measure]:
    """The pooled first ones with the pooled second ones as baseline, and `NAME_gain`: by how much the first are better.

    The gain's baseline is 0: it holds where its interval excludes 0.
    """
    own, other = [part for part, _ in parts], [part for _, part in parts]
    row = measure(name, own, pool, split=split, source=source, baseline=pool(other))
    sign = 1.0 if better == "more" else -1.0

    def gain(drawn: Sequence[tuple[Part, Part]]) -> float:
        return sign * (pool([part for part, _ in drawn]) - pool([part for _, part in drawn]))

    return [row, measure(f"{name}_gain", parts, gain, split=split, source=source, baseline=0.0)]


def mean(values: Sequence[float]) -> float:
    """The mean, for `paired` and `measure`."""
    return float(np.mean(values))


def others_of(number: int, count: int) -> list[int]:
    """Up to `OTHERS` other numbers below `count`, evenly over all: what belongs to somebody else."""
    steps = np.linspace(1, count - 1, min(OTHERS, count - 1)) if count > 1 else np.zeros(1)
    return [(number + round(step)) % count for step in steps]


def shifted(values: Sequence[Part]) -> list[Part]:
    """Each value's neighbour half a list away: what belongs to somebody else."""
    half = max(1, len(values) // 2)
    return [*values[half:], *values[:half]]

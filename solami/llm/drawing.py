"""One id that is wanted, and one step of the engine that draws those of many slots. Knows no turns and no grammar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from solami.llm.engine import Engine, Legal, Sampling, Slot


@dataclass(frozen=True, slots=True)
class Wanted:
    """One id that a slot wants drawn; those of many slots are drawn in one step."""

    engine: Engine
    slot: Slot
    legal: Legal
    sampling: Sampling


def draw(wanted: Sequence[Wanted]) -> list[int]:
    """An id for each, in one step; all belong to one engine. Nothing is drawn where it raises EngineError."""
    if not wanted:
        return []
    slots, legal, sampling = zip(*((each.slot, each.legal, each.sampling) for each in wanted), strict=True)
    return wanted[0].engine.step(slots, legal, sampling)

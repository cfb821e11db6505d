"""The engine interface: token ids in, token ids out, one cache per session.

An engine knows no text, codes or sockets. `legal` comes from the grammar at every step; an engine never returns an id
outside it. Nothing runs between calls, so a reply is cancelled by not asking for its next id.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from solami.frames import FloatArray

Slot = int
AdapterId = int
Legal = tuple[range, ...]  # disjoint ranges of token ids, never empty


@dataclass(frozen=True, slots=True)
class Sampling:
    """How one id is drawn from the legal logits. temperature 0 takes the best one."""

    temperature: float = 0.8
    top_p: float = 0.95


class Engine(ABC):
    """A decoder with a key-value cache for each open slot."""

    context_tokens: int  # positions one slot can hold

    @abstractmethod
    def load_adapter(self, folder: Path) -> AdapterId:
        """Read a LoRA folder that peft wrote; the same folder is read once. Slots of all adapters share a batch."""

    @abstractmethod
    def open(self, seed: int, adapter: AdapterId | None = None) -> Slot:
        """A fresh slot. The same seed, ids and legal ranges give the same ids. Raises CapacityError when full."""

    @abstractmethod
    def prefill(self, slot: Slot, ids: Sequence[int]) -> None:
        """Append ids to the slot. Raises EngineError when the context is full."""

    @abstractmethod
    def step(self, slots: Sequence[Slot], legal: Sequence[Legal], sampling: Sequence[Sampling]) -> list[int]:
        """Draw one id for each slot among its legal ids and append it to the slot."""

    @abstractmethod
    def probability(self, slot: Slot, wanted: Legal, others: Legal) -> float:
        """How likely one of `wanted` comes next, if one of `wanted` or `others` must; 0 to 1, untempered.

        Draws and appends nothing. After a prefill it costs a few rows of the output head.
        """

    def row(self, slot: Slot) -> FloatArray | None:
        """The model's last normed row [D] behind the slot's newest id; None where an engine keeps none."""
        return None

    @abstractmethod
    def forget(self, slot: Slot, start: int, stop: int) -> None:
        """Drop the ids at positions `start` to `stop`; the later ones move down and stay what they are.

        An engine may let them keep what they took from the dropped ones, so that nothing is computed again.
        """

    @abstractmethod
    def position(self, slot: Slot) -> int:
        """How many ids the slot holds: the mark that `rollback` takes."""

    @abstractmethod
    def rollback(self, slot: Slot, position: int) -> None:
        """Forget every id after `position`."""

    @abstractmethod
    def reseed(self, slot: Slot, seed: int) -> None:
        """Restart the slot's random draws, so that a reply depends on its own seed alone."""

    @abstractmethod
    def close(self, slot: Slot) -> None:
        """Free the slot."""

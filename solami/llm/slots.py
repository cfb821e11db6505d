"""What every torch engine shares: slots with their ids, marks, seeds and limits. How a model is run is the subclass's.

Ids are computed as late as they are needed: a drawn id is run together with what comes after it, so the last id of a
turn costs nothing until the next one. For the same calls the same ids meet the model in the same groups, so replies
repeat bit by bit.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

import torch
from torch import Tensor

from solami.errors import CapacityError, EngineError, InputError
from solami.llm.engine import AdapterId, Engine, Legal, Sampling, Slot
from solami.llm.sampling import draw_legal, only_legal, share

Cache = TypeVar("Cache")
RETRY_AFTER_S = 5.0


@dataclass(slots=True, eq=False)
class SlotState(Generic[Cache]):
    """One open slot."""

    cache: Cache
    generator: torch.Generator
    adapter: AdapterId | None = None
    ids: list[int] = field(default_factory=list)
    cached: int = 0  # how many of the ids the cache holds
    last: Tensor | None = None  # the model's last row for ids[cached - 1], None where it must be computed again

    @property
    def pending(self) -> list[int]:
        """Ids that the model has not seen."""
        return self.ids[self.cached :]


class SlotEngine(Engine, Generic[Cache]):
    """An engine whose subclass knows how to run ids through a model."""

    def __init__(self, *, slots: int, context_tokens: int, vocab_size: int) -> None:
        if slots < 1 or context_tokens < 2:
            raise InputError(f"engine: got {slots} slots of {context_tokens} tokens, expected at least 1 of 2")
        self.context_tokens = context_tokens
        self._vocab_size = vocab_size
        self._max_slots = slots
        self._states: dict[Slot, SlotState[Cache]] = {}
        self._next_slot = 0
        self._adapters: dict[Path, AdapterId] = {}

    @abstractmethod
    def _new_cache(self) -> Cache:
        """An empty cache."""

    @abstractmethod
    def _run(self, states: Sequence[SlotState[Cache]]) -> None:
        """Run the pending ids of these slots, each slot with at least one; set `cached` and `last`."""

    @abstractmethod
    def _read_adapter(self, folder: Path, adapter: AdapterId) -> None:
        """Make the LoRA of a folder known under its id."""

    @abstractmethod
    def _logits(self, last: Tensor, legal: Legal) -> Tensor:
        """The logits [N] of the legal ids, the ranges laid end to end."""

    @abstractmethod
    def _cut(self, state: SlotState[Cache], length: int) -> None:
        """Cut the cache to `length` ids."""

    def _close_gap(self, state: SlotState[Cache], start: int, stop: int) -> None:
        """Drop positions `start` to `stop` < `cached` from the cache; here by running what follows again."""
        self._cut(state, start)
        state.cached, state.last = start, None

    def load_adapter(self, folder: Path) -> AdapterId:
        """Read a LoRA folder, once. Raises ConfigError if it does not fit the model."""
        folder = Path(folder).resolve()
        if folder not in self._adapters:
            self._read_adapter(folder, len(self._adapters) + 1)
            self._adapters[folder] = len(self._adapters) + 1
        return self._adapters[folder]

    def open(self, seed: int, adapter: AdapterId | None = None) -> Slot:
        """A fresh slot. Raises CapacityError when all are open, EngineError for an adapter that was not loaded."""
        if adapter is not None and adapter not in self._adapters.values():
            raise EngineError(f"open: got adapter {adapter}, loaded are {sorted(self._adapters.values())}")
        if len(self._states) >= self._max_slots:
            raise CapacityError(f"all {self._max_slots} slots of the engine are open", RETRY_AFTER_S)
        self._next_slot += 1
        self._states[self._next_slot] = SlotState(self._new_cache(), torch.Generator().manual_seed(seed), adapter)
        return self._next_slot

    @torch.inference_mode()
    def prefill(self, slot: Slot, ids: Sequence[int]) -> None:
        """Append ids to the slot and run them. Raises EngineError when the context is full or an id is unknown."""
        state = self._state(slot)
        self._check_room(state, len(ids))
        if ids and not (min(ids) >= 0 and max(ids) < self._vocab_size):
            raise EngineError(f"prefill: got ids from {min(ids)} to {max(ids)}, expected 0 to {self._vocab_size - 1}")
        state.ids.extend(ids)
        if ids:
            self._run([state])

    @torch.inference_mode()
    def step(self, slots: Sequence[Slot], legal: Sequence[Legal], sampling: Sequence[Sampling]) -> list[int]:
        """Draw one id for each slot among its legal ids and append it."""
        states = [self._state(slot) for slot in slots]
        for state, spans in zip(states, legal, strict=True):
            self._check_room(state, 1)
            if not state.ids or not spans:
                raise EngineError("step: the slot is empty, or nothing is legal; prefill the prompt first")
        forced = [only_legal(spans) for spans in legal]
        waiting = [s for s, only in zip(states, forced, strict=True) if only is None and s.last is None]
        if waiting:
            self._run(waiting)
        drawn = [
            self._draw(state, spans, how) if only is None else only
            for only, state, spans, how in zip(forced, states, legal, sampling, strict=True)
        ]
        for state, token_id in zip(states, drawn, strict=True):
            state.ids.append(token_id)
            state.last = None
        return drawn

    @torch.inference_mode()
    def probability(self, slot: Slot, wanted: Legal, others: Legal) -> float:
        """The share of `wanted` in the probability of `wanted` and `others`. Raises EngineError on an empty slot."""
        state = self._state(slot)
        if not state.ids or not wanted or not others:
            raise EngineError("probability: the slot is empty, or nothing is compared; prefill the prompt first")
        if state.last is None:
            self._run([state])
        assert state.last is not None, "the slot's pending ids have been run"
        return share(self._logits(state.last, wanted), self._logits(state.last, others))

    @torch.inference_mode()
    def forget(self, slot: Slot, start: int, stop: int) -> None:
        """Drop the ids from `start` to `stop`. Raises EngineError unless the slot holds them."""
        state = self._state(slot)
        if not 0 <= start <= stop <= len(state.ids):
            raise EngineError(f"forget: got {start} to {stop}, expected a range within 0 to {len(state.ids)}")
        if start == stop:
            return
        if stop < state.cached:
            self._close_gap(state, start, stop)
            del state.ids[start:stop]
        else:
            rest = state.ids[stop:]
            self.rollback(slot, start)
            state.ids.extend(rest)

    def position(self, slot: Slot) -> int:
        """How many ids the slot holds."""
        return len(self._state(slot).ids)

    def rollback(self, slot: Slot, position: int) -> None:
        """Forget every id after `position`. Raises EngineError unless the slot has got that far."""
        state = self._state(slot)
        if not 0 <= position <= len(state.ids):
            raise EngineError(f"rollback: got position {position}, expected 0 to {len(state.ids)}")
        if position == len(state.ids):
            return
        del state.ids[position:]
        if state.cached >= position:  # the row of the last id that stays is gone: that id is run again
            state.cached = max(0, position - 1)
            self._cut(state, state.cached)
        state.last = None

    def reseed(self, slot: Slot, seed: int) -> None:
        """Restart the slot's random draws."""
        self._state(slot).generator.manual_seed(seed)

    def close(self, slot: Slot) -> None:
        """Free the slot."""
        self._state(slot)
        del self._states[slot]

    def _draw(self, state: SlotState[Cache], legal: Legal, sampling: Sampling) -> int:
        assert state.last is not None, "the slot's pending ids have been run"
        return draw_legal(self._logits(state.last, legal), legal, sampling, state.generator)

    def _state(self, slot: Slot) -> SlotState[Cache]:
        if slot not in self._states:
            raise EngineError(f"slot {slot} is not open; open ones: {sorted(self._states)}")
        return self._states[slot]

    def _check_room(self, state: SlotState[Cache], more: int) -> None:
        if len(state.ids) + more > self.context_tokens:
            raise EngineError(
                f"context full: {len(state.ids)} ids and {more} more exceed {self.context_tokens}; "
                "roll back or open a slot with a shorter history"
            )

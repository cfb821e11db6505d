"""Slots compute as late as they can, and nothing where there is no choice."""

from collections.abc import Sequence
from pathlib import Path

import pytest
import torch

from solami.errors import InputError
from solami.llm.engine import AdapterId, Legal, Sampling
from solami.llm.slots import SlotEngine, SlotState


class CountingEngine(SlotEngine[None]):
    """Writes down which ids it is given to run."""

    def __init__(self, slots: int = 2) -> None:
        super().__init__(slots=slots, context_tokens=32, vocab_size=10)
        self.runs: list[list[list[int]]] = []

    def _new_cache(self) -> None:
        return None

    def _read_adapter(self, folder: Path, adapter: AdapterId) -> None:
        return None

    def _run(self, states: Sequence[SlotState[None]]) -> None:
        self.runs.append([state.pending for state in states])
        for state in states:
            state.cached, state.last = len(state.ids), torch.zeros(10)

    def _logits(self, last: torch.Tensor, legal: Legal) -> torch.Tensor:
        return torch.zeros(sum(map(len, legal)))

    def _cut(self, state: SlotState[None], length: int) -> None:
        return None


def test_a_drawn_id_is_run_with_what_comes_after_it() -> None:
    """Prefill runs at once; a drawn id waits; a forced one needs no run at all."""
    engine, how = CountingEngine(), [Sampling(0.0)]
    slot = engine.open(0)
    engine.prefill(slot, [1, 2])
    assert engine.step([slot], [(range(3, 5),)], how) == [3]
    assert engine.step([slot], [(range(7, 8),)], how) == [7]
    assert engine.runs == [[[1, 2]]]
    engine.step([slot], [(range(3, 5),)], how)
    engine.prefill(slot, [9])
    assert engine.runs == [[[1, 2]], [[3, 7]], [[3, 9]]]


def test_slots_are_run_together_where_they_wait() -> None:
    """One batch holds every slot with unseen ids, each as many as it has."""
    engine = CountingEngine()
    slots = [engine.open(0), engine.open(1)]
    for slot in slots:
        engine.prefill(slot, [1])
    engine.step(slots, [(range(3, 4),), (range(3, 5),)], [Sampling(0.0)] * 2)
    engine.step(slots[:1], [(range(4, 5),)], [Sampling(0.0)])
    engine.step(slots, [(range(3, 5),)] * 2, [Sampling(0.0)] * 2)
    assert engine.runs[-1] == [[3, 4], [3]]


@pytest.mark.parametrize(("mark", "rerun"), [(4, []), (3, [[[3]]]), (2, [[[2]]])])
def test_a_rollback_runs_the_last_id_again(mark: int, rerun: list[list[list[int]]]) -> None:
    """The row of the id that is last now is computed anew, and only that."""
    engine = CountingEngine()
    slot = engine.open(0)
    engine.prefill(slot, [1, 2, 3, 4])
    engine.rollback(slot, mark)
    engine.step([slot], [(range(3, 5),)], [Sampling(0.0)])
    assert engine.runs[1:] == rerun


@pytest.mark.parametrize(
    ("start", "stop", "rerun"), [(1, 3, [[[4, 3]]]), (2, 4, [[[2, 3]]]), (2, 5, [[[2]]]), (1, 1, [[[3]]])]
)
def test_forgetting_keeps_ids_that_were_not_run(start: int, stop: int, rerun: list[list[list[int]]]) -> None:
    """What stays behind the gap is run again, a drawn id with it; nothing is run before it is needed."""
    engine, how = CountingEngine(), [Sampling(0.0)]
    slot = engine.open(0)
    engine.prefill(slot, [1, 2, 8, 4])
    engine.step([slot], [(range(3, 5),)], how)
    engine.forget(slot, start, stop)
    assert len(engine.runs) == 1
    engine.step([slot], [(range(3, 5),)], how)
    assert engine.runs[1:] == rerun


def test_an_engine_without_slots_is_refused() -> None:
    """Sizes that hold nothing are an error."""
    with pytest.raises(InputError, match="at least 1"):
        CountingEngine(slots=0)

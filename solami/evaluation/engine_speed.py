"""How fast an engine steps and prefills, by the number of slots that share a step.

Processor time stands beside the clock's: on a machine that does other things, only it can be compared between runs.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from solami.llm.engine import Engine, Sampling, Slot

if TYPE_CHECKING:
    from torch import Tensor

WARM_RUNS = 3  # they fill caches and are not counted
COPIED_BYTES = 256 << 20  # more than processors' caches hold
COPIES = 6


def step_speed(engine: Engine, batch: int, held: int, ids: range, steps: int) -> dict[str, Any]:
    """Of steps that draw one of `ids` for each of `batch` slots, which hold `held` ids at first."""
    slots = _filled(engine, batch, held, ids)
    legal, how = [(ids,)] * batch, [Sampling()] * batch
    row = _timed(lambda: engine.step(slots, legal, how), steps)
    _close(engine, slots)
    return {"batch": batch, "held": held} | row | {"ids_per_s": round(1000 * batch / row["ms_p50"], 1)}


def prefill_speed(engine: Engine, count: int, held: int, ids: range, times: int) -> dict[str, Any]:
    """Of writing `count` ids behind `held` ones."""
    (slot,) = _filled(engine, 1, held, ids)

    def write() -> None:
        engine.rollback(slot, held)
        engine.prefill(slot, _some(ids, count))

    row = _timed(write, times)
    _close(engine, [slot])
    return {"ids": count, "held": held} | row | {"ids_per_s": round(1000 * count / row["ms_p50"], 1)}


def forget_speed(engine: Engine, dropped: int, held: int, ids: range, times: int) -> dict[str, Any]:
    """Of dropping old ids in front of `held` newer ones, with nothing computed again."""
    slots = _filled(engine, 1, held, ids)
    spent: list[tuple[float, float]] = []
    for _ in range(WARM_RUNS + times):
        engine.prefill(slots[0], _some(ids, dropped))
        begun = _clocks()
        engine.forget(slots[0], 0, dropped)
        spent.append(_since(begun))
    _close(engine, slots)
    return {"dropped": dropped, "held": held} | _row(spent[WARM_RUNS:])


def memory_floor(bytes_read: int, device: str) -> dict[str, float]:
    """How fast memory is read here, as measured, and the least milliseconds that so many bytes can take."""
    import torch

    block = torch.ones(COPIED_BYTES // 4, device=device)
    target = torch.empty_like(block)
    best_s = min(_copy_s(block, target) for _ in range(COPIES))
    bytes_per_s = 2 * COPIED_BYTES / best_s  # read and written
    return {"read_gb_per_s": round(bytes_per_s / 1e9, 1), "floor_ms": round(1000 * bytes_read / bytes_per_s, 3)}


def _copy_s(block: Tensor, target: Tensor) -> float:
    import torch

    begun_s = time.perf_counter()
    target.copy_(block)
    if block.is_cuda:
        torch.cuda.synchronize()
    return time.perf_counter() - begun_s


def _filled(engine: Engine, count: int, held: int, ids: range) -> list[Slot]:
    slots = [engine.open(seed) for seed in range(count)]
    for slot in slots:
        engine.prefill(slot, _some(ids, held))
    return slots


def _close(engine: Engine, slots: Sequence[Slot]) -> None:
    for slot in slots:
        engine.close(slot)


def _some(ids: range, count: int) -> list[int]:
    return [ids[7 * n % len(ids)] for n in range(count)]


def _timed(run: Callable[[], object], times: int) -> dict[str, float]:
    spent = []
    for _ in range(WARM_RUNS + times):
        begun = _clocks()
        run()
        spent.append(_since(begun))
    return _row(spent[WARM_RUNS:])


def _clocks() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def _since(begun: tuple[float, float]) -> tuple[float, float]:
    now = _clocks()
    return now[0] - begun[0], now[1] - begun[1]


def _row(spent: Sequence[tuple[float, float]]) -> dict[str, float]:
    wall_ms, cpu_ms = 1000 * np.array(spent).T
    values = {
        "ms_p50": np.percentile(wall_ms, 50),
        "ms_p95": np.percentile(wall_ms, 95),
        "cpu_ms_p50": np.percentile(cpu_ms, 50),
    }
    return {name: round(float(value), 3) for name, value in values.items()}

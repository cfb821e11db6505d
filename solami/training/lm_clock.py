"""How far a training run is, and what is done on the way: the learning rate, the folder written now and then, the end.

The learning rate follows time when a time limit is given, so a run that is short of time still ends at its lowest rate.
"""

from __future__ import annotations

import json
import logging
import math
import time
from pathlib import Path
from typing import Any

import torch
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from solami.training.lm_config import LmTrainingConfig

log = logging.getLogger(__name__)
CLOCK = "clock.json"


class Clock:
    """How much of the run is over, by time or by steps, whichever is nearer its end."""

    def __init__(self, config: LmTrainingConfig, spent_minutes: float = 0.0) -> None:
        """Take the limits, and the minutes that a run to go on from has had."""
        self._config, self.spent_minutes = config, spent_minutes
        self._start: float | None = None
        self._minutes = spent_minutes

    def start(self) -> None:
        self._start = self._start or time.monotonic()

    def tick(self) -> None:
        """Read the time, the first process's for all: they must take the same rate and stop at the same step."""
        assert self._start is not None
        now = torch.tensor([self.spent_minutes + (time.monotonic() - self._start) / 60], dtype=torch.float64)
        if torch.distributed.is_initialized():
            torch.distributed.broadcast(now, src=0)
        self._minutes = now.item()

    def minutes(self) -> float:
        """Minutes of training at the last tick."""
        return self._minutes

    def elapsed(self, step: int) -> float:
        """From 0 to 1."""
        by_time = self.minutes() / self._config.max_minutes if self._config.max_minutes else 0.0
        return min(1.0, max(by_time, step / self._config.max_steps))

    def rate(self, step: int) -> float:
        """The share of the full learning rate: linear warm-up, then a cosine."""
        part, warm, low = self.elapsed(step), self._config.warmup_share, self._config.lowest_rate
        if part < warm:
            return max(part / warm, 0.01)
        return low + (1 - low) * 0.5 * (1 + math.cos(math.pi * (part - warm) / (1 - warm)))


class Keeper(TrainerCallback):
    """Asks for a checkpoint every few minutes and at the end, notes its time, and stops when time is up."""

    def __init__(self, config: LmTrainingConfig, clock: Clock) -> None:
        self._config, self._clock = config, clock
        self._next = clock.spent_minutes + config.save_minutes

    def on_log(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, logs: Any = None, **_: Any
    ) -> None:
        if logs and "loss" in logs:
            part = 100 * self._clock.elapsed(state.global_step)
            log.info("step %d (%.0f %%): loss %.3f", state.global_step, part, float(logs["loss"]))

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> TrainerControl:
        self._clock.tick()
        if self._clock.minutes() >= self._next:
            self._next += self._config.save_minutes
            control.should_save = True
        if self._clock.elapsed(state.global_step) >= 1:
            control.should_training_stop = True
        return control

    def on_save(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any) -> None:
        if state.is_world_process_zero:
            folder = Path(str(args.output_dir)) / f"checkpoint-{state.global_step}"
            (folder / CLOCK).write_text(json.dumps({"minutes": self._clock.minutes()}), encoding="utf-8")


def read_minutes(checkpoint: str | None) -> float:
    """The minutes that a checkpoint's run had taken; none for None."""
    if checkpoint is None or not (Path(checkpoint) / CLOCK).is_file():
        return 0.0
    return float(json.loads((Path(checkpoint) / CLOCK).read_text(encoding="utf-8"))["minutes"])

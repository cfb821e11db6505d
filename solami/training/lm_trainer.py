"""Trains the LLM on packed rows with the Hugging Face Trainer: alignment and instruction tuning differ in rows alone.

The learning rate follows time when a time limit is given, so a run that is short of time still ends at its lowest rate.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR
from torch.utils.data import Dataset
from transformers import (
    PreTrainedModel,
    PrinterCallback,
    Trainer,
    TrainerCallback,
    TrainerControl,
    TrainerState,
    TrainingArguments,
    set_seed,
)

from solami.errors import ConfigError
from solami.llm.vocabulary import Vocabulary
from solami.strict import Strict
from solami.training.lm_data import read_rows
from solami.training.lm_model import ModelConfig, fresh_model, load_model, save_model

log = logging.getLogger(__name__)


class LmTrainingConfig(Strict):
    """One stage of training."""

    rows: tuple[Path, ...]  # folders of packed rows, all of one length
    out: Path  # Hugging Face folder; checkpoints to go on from lie in out/checkpoints
    start: Path | None = None  # Hugging Face folder to start from; None: a fresh model
    model: ModelConfig = ModelConfig()
    batch_rows: int = 8
    learning_rate: float = 1.5e-3
    lowest_rate: float = 0.05  # share of learning_rate at the end
    warmup_share: float = 0.03
    weight_decay: float = 0.05
    max_steps: int = 100_000
    max_minutes: float | None = None
    save_minutes: float = 5.0
    val_rows: int = 64  # taken off the end, never trained on
    threads: int = 2
    bf16: bool | None = None  # None: where the processor multiplies bf16 in hardware
    compile: bool = False
    tensorboard: bool = False
    seed: int = 0


class PackedRows(Dataset[dict[str, Tensor]]):
    """Rows as the Trainer wants them."""

    def __init__(self, ids: NDArray[np.int32], mask: NDArray[np.bool_]) -> None:
        self._ids, self._mask = ids, mask

    def __len__(self) -> int:
        return len(self._ids)

    def __getitem__(self, index: int) -> dict[str, Tensor]:
        return {"ids": torch.from_numpy(self._ids[index].astype(np.int64)), "mask": torch.from_numpy(self._mask[index])}


def train_lm(config: LmTrainingConfig, vocabulary: Vocabulary, *, resume: bool = False) -> dict[str, Any]:
    """Train and write `config.out`; returns losses and throughput. `resume` goes on from the newest checkpoint."""
    torch.set_num_threads(config.threads)
    set_seed(config.seed)
    train, val = _rows(config, vocabulary)
    model = fresh_model(config.model, vocabulary) if config.start is None else load_model(config.start, vocabulary)
    clock = _Clock(config)
    if config.compile:
        model.get_decoder().compile()
    trainer = LmTrainer(
        model=model,
        args=_arguments(config),
        train_dataset=train,
        eval_dataset=val,
        callbacks=[_Keeper(config, vocabulary, model, clock)],
        clock=clock,
    )
    trainer.remove_callback(PrinterCallback)  # it prints to standard output
    done = trainer.train(resume_from_checkpoint=resume and any((config.out / "checkpoints").glob("checkpoint-*")))
    if trainer.is_world_process_zero():
        save_model(model, vocabulary, config.out)
    report = {
        "steps": done.global_step,
        "minutes": round(clock.minutes(), 2),
        "tokens_per_s": round(trainer.tokens_seen * trainer.args.world_size / max(60 * clock.minutes(), 1e-9)),
        "train_loss": round(done.training_loss, 4),
        **{name: round(value, 4) for name, value in trainer.evaluate().items() if "loss" in name},
    }
    log.info("trained: %s", report)
    return report


class _Clock:
    """How much of the run is over, by time or by steps, whichever is nearer its end."""

    def __init__(self, config: LmTrainingConfig) -> None:
        self._config = config
        self._start: float | None = None
        self._minutes = 0.0

    def start(self) -> None:
        self._start = self._start or time.monotonic()

    def tick(self) -> None:
        """Read the time, the first process's for all: they must take the same rate and stop at the same step."""
        assert self._start is not None
        now = torch.tensor([(time.monotonic() - self._start) / 60], dtype=torch.float64)
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


class LmTrainer(Trainer):
    """The Trainer with the loss of learned tokens and the clock's learning rate."""

    def __init__(self, *, clock: _Clock, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._clock = clock
        self.tokens_seen = 0

    def compute_loss(self, model: Any, inputs: Mapping[str, Tensor], return_outputs: bool = False, **_: Any) -> Any:
        """Mean loss of the batch's learned tokens."""
        labels = inputs["ids"].masked_fill(~inputs["mask"], -100)
        loss = model(input_ids=inputs["ids"], labels=labels, use_cache=False).loss
        if model.training:
            self.tokens_seen += inputs["ids"].numel()
        return (loss, {"loss": loss}) if return_outputs else loss

    def prediction_step(
        self, model: Any, inputs: Any, prediction_loss_only: bool, ignore_keys: list[str] | None = None
    ) -> tuple[Tensor | None, Tensor | None, Tensor | None]:
        """The loss alone."""
        with torch.no_grad(), self.compute_loss_context_manager():
            return self.compute_loss(model, self._prepare_inputs(inputs)).detach(), None, None

    def create_scheduler(self, num_training_steps: int, optimizer: Optimizer | None = None) -> LambdaLR:
        """The clock's learning rate."""
        self._clock.start()
        self.lr_scheduler = LambdaLR(optimizer or cast(Optimizer, self.optimizer), self._clock.rate)
        return self.lr_scheduler


class _Keeper(TrainerCallback):
    """Writes the folder every few minutes and stops when time is up."""

    def __init__(self, config: LmTrainingConfig, vocabulary: Vocabulary, model: PreTrainedModel, clock: _Clock) -> None:
        self._config, self._vocabulary, self._model, self._clock = config, vocabulary, model, clock
        self._next = config.save_minutes

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
            if state.is_world_process_zero:
                save_model(self._model, self._vocabulary, self._config.out)
            control.should_save = True
        if self._clock.elapsed(state.global_step) >= 1:
            control.should_training_stop = True
        return control


def _rows(config: LmTrainingConfig, vocabulary: Vocabulary) -> tuple[PackedRows, PackedRows]:
    parts = [read_rows(folder) for folder in config.rows]
    if len({ids.shape[1] for ids, _ in parts}) != 1:
        raise ConfigError(f"rows: got lengths {[ids.shape[1] for ids, _ in parts]}, expected folders of one length")
    ids, mask = (np.concatenate([part[i] for part in parts]) for i in (0, 1))
    if ids.max() >= vocabulary.size:
        raise ConfigError(f"rows: id {ids.max()} is beyond the vocabulary's {vocabulary.size}; build them again")
    count = min(config.val_rows, max(1, len(ids) // 10))
    order = np.random.default_rng(config.seed).permutation(len(ids))
    val, train = order[:count], order[count:]
    return PackedRows(ids[train], mask[train].astype(np.bool_)), PackedRows(ids[val], mask[val].astype(np.bool_))


def _arguments(config: LmTrainingConfig) -> TrainingArguments:
    on_gpu = torch.cuda.is_available()
    bf16 = _multiplies_bf16() if config.bf16 is None else config.bf16
    return TrainingArguments(
        output_dir=str(config.out / "checkpoints"),
        per_device_train_batch_size=config.batch_rows,
        per_device_eval_batch_size=config.batch_rows,
        learning_rate=config.learning_rate,
        weight_decay=config.weight_decay,
        adam_beta2=0.98,
        max_grad_norm=1.0,
        max_steps=config.max_steps,
        optim="adamw_torch_fused",
        bf16=bf16,
        use_cpu=not on_gpu,
        logging_steps=20,
        logging_first_step=True,
        save_strategy="no",
        save_total_limit=1,
        report_to=["tensorboard"] if config.tensorboard else [],
        remove_unused_columns=False,
        dataloader_num_workers=0,
        dataloader_pin_memory=on_gpu,
        ddp_find_unused_parameters=False,
        seed=config.seed,
        disable_tqdm=True,
        label_names=[],
    )


def _multiplies_bf16() -> bool:
    """True on a GPU, or a processor with AVX-512 BF16 or AMX: elsewhere bf16 is many times slower than float32."""
    if torch.cuda.is_available():
        return torch.cuda.is_bf16_supported()
    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())

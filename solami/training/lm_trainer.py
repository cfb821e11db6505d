"""Trains the LLM on packed rows with the Hugging Face Trainer; the stages differ in rows alone."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR
from transformers import PrinterCallback, Trainer, set_seed
from transformers.trainer_utils import get_last_checkpoint

from solami.errors import ConfigError
from solami.llm.vocabulary import Vocabulary
from solami.training.lm_arguments import training_arguments
from solami.training.lm_batches import load_rows
from solami.training.lm_clock import Clock, Keeper, read_minutes
from solami.training.lm_config import LmTrainingConfig
from solami.training.lm_loss import KINDS, LmWithLoss
from solami.training.lm_model import fresh_model, load_model
from solami.training.lm_samples import Render, Sampler
from solami.training.lm_speed import utilisation
from solami.training.lm_weights import AllWeights, LoraWeights, TrainedWeights

log = logging.getLogger(__name__)


def train_lm(
    config: LmTrainingConfig, vocabulary: Vocabulary, *, resume: bool = False, render: Render | None = None
) -> dict[str, Any]:
    """Train and write `config.out`; returns losses and throughput.

    `resume` goes on from the newest checkpoint; `render` makes files of the sampled replies' codes.
    """
    torch.set_num_threads(config.threads)
    set_seed(config.seed)
    train, val = load_rows(config, vocabulary)
    weights = _weights(config, vocabulary)
    newest = get_last_checkpoint(str(config.out / "checkpoints")) if resume and config.out.is_dir() else None
    clock = Clock(config, spent_minutes=read_minutes(newest))
    if config.compile:
        weights.lm.get_decoder().compile()
    trainer = LmTrainer(
        model=LmWithLoss(weights.lm, vocabulary, config.weights),
        args=training_arguments(config),
        train_dataset=train,
        eval_dataset=val,
        callbacks=[Keeper(config, clock)],
        clock=clock,
        weights=weights,
        out=config.out,
    )
    trainer.remove_callback(PrinterCallback)  # it prints to standard output
    if config.samples and not trainer.is_fsdp_enabled:  # one process alone has no whole model there
        trainer.add_callback(Sampler(config, vocabulary, weights.lm, render))
    done = trainer.train(resume_from_checkpoint=newest)
    trainer.write()
    losses = {name: value for name, value in trainer.evaluate().items() if "loss" in name} | trainer.kind_losses()
    report = {
        "steps": done.global_step,
        "minutes": round(clock.minutes(), 2),
        **_speed(trainer, clock, weights, train.row_tokens),
        "train_loss": round(done.training_loss, 4),
        **{name: round(value, 4) for name, value in losses.items()},
    }
    log.info("trained: %s", report)
    return report


def _speed(trainer: LmTrainer, clock: Clock, weights: TrainedWeights, row_tokens: int) -> dict[str, float]:
    """Tokens a second of this run on all devices, and the share of a device's peak that they use."""
    world = trainer.args.world_size
    speed = trainer.tokens_seen * world / max(60 * (clock.minutes() - clock.spent_minutes), 1e-9)
    used = utilisation(weights.lm, row_tokens, speed / world, trainer.args.bf16)
    return {"tokens_per_s": round(speed), "mfu": round(used, 3)}


class LmTrainer(Trainer):
    """The Trainer with the loss of learned tokens and the clock's learning rate."""

    def __init__(self, *, clock: Clock, weights: TrainedWeights, out: Path, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._clock, self._weights, self._out = clock, weights, out
        self.tokens_seen = 0
        self.kinds = torch.zeros(len(KINDS), 2)  # sum and count of held-back losses

    def compute_loss(self, model: Any, inputs: Mapping[str, Tensor], return_outputs: bool = False, **_: Any) -> Any:
        """The mean loss of the batch's learned tokens, weighted."""
        out = model(inputs["ids"], inputs["mask"])
        if model.training:
            self.tokens_seen += inputs["ids"].numel()
        else:
            self.kinds += out["kinds"].cpu()
        return (out["loss"], out) if return_outputs else out["loss"]

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

    def kind_losses(self) -> dict[str, float]:
        """The mean of what `evaluate` met since the last call, a kind of token."""
        sums, self.kinds = self.accelerator.reduce(self.kinds), torch.zeros(len(KINDS), 2)
        return {f"eval_{name}_loss": float(a / n) for name, (a, n) in zip(KINDS, sums, strict=True) if n}

    def write(self) -> None:
        """Write the folder that engines load."""
        state = self.accelerator.get_state_dict(self.model_wrapped)  # all processes must ask
        if self.is_world_process_zero():
            self._weights.write(self._out, _of_lm(state))

    def _save(self, output_dir: str | None = None, state_dict: Any = None) -> None:
        """A checkpoint, and the folder that engines load as it is by now."""
        state = _of_lm(state_dict if state_dict is not None else cast(nn.Module, self.model).state_dict())
        self._weights.keep(Path(output_dir or str(self.args.output_dir)), state)
        self._weights.write(self._out, state)

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        """Read what `_save` wrote."""
        if self.is_fsdp_enabled:
            super()._load_from_checkpoint(resume_from_checkpoint, model)
        else:
            self._weights.restore(Path(resume_from_checkpoint))


def _of_lm(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix("lm."): value for name, value in state.items()}


def _weights(config: LmTrainingConfig, vocabulary: Vocabulary) -> TrainedWeights:
    if config.start is None:
        if config.lora is not None:
            raise ConfigError("lora: `start` is missing; name the folder of the model that is tuned")
        return AllWeights(fresh_model(config.model, vocabulary), vocabulary)
    model = load_model(config.start, vocabulary)
    return AllWeights(model, vocabulary) if config.lora is None else LoraWeights(model, config.lora)

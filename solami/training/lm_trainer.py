"""Trains the LLM on packed rows with the Hugging Face Trainer; the stages differ in rows alone."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, cast

import torch
from torch import Tensor
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LambdaLR
from transformers import AutoModelForCausalLM, PrinterCallback, Trainer, TrainingArguments, set_seed

from solami.llm.vocabulary import Vocabulary
from solami.training.lm_batches import load_rows
from solami.training.lm_clock import Clock, Keeper
from solami.training.lm_config import LmTrainingConfig
from solami.training.lm_loss import KINDS, LmWithLoss
from solami.training.lm_model import fresh_model, load_model, save_model

log = logging.getLogger(__name__)


def train_lm(config: LmTrainingConfig, vocabulary: Vocabulary, *, resume: bool = False) -> dict[str, Any]:
    """Train and write `config.out`; returns losses and throughput. `resume` goes on from the newest checkpoint."""
    torch.set_num_threads(config.threads)
    set_seed(config.seed)
    train, val = load_rows(config, vocabulary)
    model = fresh_model(config.model, vocabulary) if config.start is None else load_model(config.start, vocabulary)
    clock = Clock(config)
    if config.compile:
        model.get_decoder().compile()
    trainer = LmTrainer(
        model=LmWithLoss(model, vocabulary, config.weights),
        args=_arguments(config),
        train_dataset=train,
        eval_dataset=val,
        callbacks=[Keeper(config, vocabulary, model, clock)],
        clock=clock,
    )
    trainer.remove_callback(PrinterCallback)  # it prints to standard output
    done = trainer.train(resume_from_checkpoint=resume and any((config.out / "checkpoints").glob("checkpoint-*")))
    if trainer.is_world_process_zero():
        save_model(model, vocabulary, config.out)
    losses = {name: value for name, value in trainer.evaluate().items() if "loss" in name} | trainer.kind_losses()
    report = {
        "steps": done.global_step,
        "minutes": round(clock.minutes(), 2),
        "tokens_per_s": round(trainer.tokens_seen * trainer.args.world_size / max(60 * clock.minutes(), 1e-9)),
        "train_loss": round(done.training_loss, 4),
        **{name: round(value, 4) for name, value in losses.items()},
    }
    log.info("trained: %s", report)
    return report


class LmTrainer(Trainer):
    """The Trainer with the loss of learned tokens and the clock's learning rate."""

    def __init__(self, *, clock: Clock, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._clock = clock
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

    def _save(self, output_dir: str | None = None, state_dict: Any = None) -> None:
        """Write the LM in float32, so that a run goes on from exactly what it was."""
        cast(LmWithLoss, self.model).lm.save_pretrained(str(output_dir or self.args.output_dir))

    def _load_from_checkpoint(self, resume_from_checkpoint: str, model: Any = None) -> None:
        """Read what `_save` wrote."""
        lm = cast(LmWithLoss, self.model).lm
        stored = AutoModelForCausalLM.from_pretrained(
            resume_from_checkpoint, dtype=torch.float32, use_safetensors=True, local_files_only=True
        )
        lm.load_state_dict(stored.state_dict())


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

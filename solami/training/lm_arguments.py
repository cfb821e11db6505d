"""What the Hugging Face Trainer is told about a stage of the LLM's training."""

from __future__ import annotations

import torch
from transformers import TrainingArguments

from solami.training.lm_config import LmTrainingConfig


def training_arguments(config: LmTrainingConfig) -> TrainingArguments:
    """The Trainer's own settings for a stage."""
    on_gpu = torch.cuda.is_available()
    bf16 = _multiplies_bf16() if config.bf16 is None else config.bf16
    return TrainingArguments(
        output_dir=str(config.out / "checkpoints"),
        per_device_train_batch_size=config.batch_rows,
        per_device_eval_batch_size=config.batch_rows,
        gradient_accumulation_steps=config.accumulate,
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
        report_to=list(config.report_to),
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

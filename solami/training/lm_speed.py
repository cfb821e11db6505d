"""How much of what the device multiplies a training run uses."""

from __future__ import annotations

import time

import torch
from transformers import PreTrainedModel

SIDE, SECONDS = 1024, 0.3


def utilisation(lm: PreTrainedModel, row_tokens: int, tokens_per_s: float, bf16: bool) -> float:
    """Model FLOP/s of one process over the FLOP/s of plain matrix products here, in the precision trained in."""
    return training_flops(lm, row_tokens) * tokens_per_s / matmul_flops(bf16)


def training_flops(lm: PreTrainedModel, row_tokens: int) -> float:
    """FLOP a token, forward and backward: six a weight, and attention over half a row."""
    config = lm.config
    weights = sum(p.numel() for p in lm.parameters()) - _table_only(lm)
    attention = 12 * config.num_hidden_layers * config.hidden_size * row_tokens / 2
    return float(6 * weights + attention)


def matmul_flops(bf16: bool) -> float:
    """FLOP/s of square matrix products with the present threads."""
    device = "cuda" if torch.cuda.is_available() else "cpu"
    left = torch.randn(SIDE, SIDE, device=device, dtype=torch.bfloat16 if bf16 else torch.float32)
    left @ left
    done, begun = 0, time.perf_counter()
    while time.perf_counter() - begun < SECONDS:
        left @ left
        if device == "cuda":
            torch.cuda.synchronize()
        done += 1
    return 2 * SIDE**3 * done / (time.perf_counter() - begun)


def _table_only(lm: PreTrainedModel) -> int:
    """Weights of an input table that is not the head too: looking up is no product."""
    table, head = lm.get_input_embeddings().weight, lm.get_output_embeddings().weight
    return 0 if table is head else int(table.numel())

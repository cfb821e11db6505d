"""Weights of a given size that know nothing: to measure how fast a model of that size would be, without its files."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from solami.llm.checkpoint import DecoderWeights, LayerWeights
from solami.llm.projections import Projection
from solami.llm.shape import DecoderShape


def random_weights(shape: DecoderShape, *, device: str, dtype: torch.dtype, seed: int = 0) -> DecoderWeights:
    """Normal weights that keep rows at their size from layer to layer; the same seed gives the same on one device."""
    generator = torch.Generator(device).manual_seed(seed)

    def normal(rows: int, columns: int) -> Tensor:
        made = torch.empty(rows, columns, device=device, dtype=dtype)
        return made.normal_(std=1 / math.sqrt(columns), generator=generator)

    def layer() -> LayerWeights:
        mixed, keys = shape.heads * shape.head_dim, shape.kv_heads * shape.head_dim
        return LayerWeights(
            qkv=Projection(normal(mixed + 2 * keys, shape.hidden)),
            qk_norm=None,
            out=Projection(normal(shape.hidden, mixed)),
            gate_up=Projection(normal(2 * shape.intermediate, shape.hidden)),
            down=Projection(normal(shape.hidden, shape.intermediate)),
            scales=(torch.ones(shape.hidden, device=device), torch.ones(shape.hidden, device=device)),
        )

    embedding = normal(shape.vocab_size, shape.hidden)
    layers = tuple(layer() for _ in range(shape.layers))
    norm = torch.ones(shape.hidden, device=device, dtype=dtype)
    return DecoderWeights(shape, embedding, layers, norm, embedding if shape.tied else normal(*embedding.shape))

"""Llama- and Qwen-family checkpoint folders (config.json, safetensors) -> weights laid out for the streaming decoder.

Each norm's scale is folded into the matrix behind it, q/k/v and gate/up are one matrix each, and the q and k of a head
are reordered so that rotary embedding is one complex product.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from solami.llm.projections import Projection
from solami.llm.shape import DecoderShape, read_shape
from solami.llm.stored_tensors import StoredTensors, model_files


@dataclass(frozen=True, slots=True, eq=False)
class LayerWeights:
    """One layer. H heads, G key-value heads, d head_dim, D hidden, F feed-forward."""

    qkv: Projection  # D -> (H + 2 G) d
    qk_norm: Tensor | None  # [H + G, d]
    out: Projection  # H d -> D
    gate_up: Projection  # D -> 2 F
    down: Projection  # F -> D
    scales: tuple[Tensor, Tensor]  # [D] float32: the norms' scales that are folded into qkv and gate_up


@dataclass(frozen=True, slots=True, eq=False)
class DecoderWeights:
    """A whole model."""

    shape: DecoderShape
    embedding: Tensor  # [V, D]
    layers: tuple[LayerWeights, ...]
    norm: Tensor  # [D]
    head: Tensor  # [V, D]


def read_weights(folder: Path, *, device: str = "cpu", dtype: torch.dtype = torch.float32) -> DecoderWeights:
    """Read a folder; stored halves are computed in `dtype`. Raises ConfigError that names what is missing or wrong."""
    shape = read_shape(folder)
    stored = StoredTensors(model_files(Path(folder)), device, dtype)
    table = (shape.vocab_size, shape.hidden)
    embedding = stored.keep(stored.take("model.embed_tokens.weight", *table))
    head = embedding if shape.tied else stored.keep(stored.take("lm_head.weight", *table))
    layers = tuple(_read_layer(shape, stored, f"model.layers.{i}.") for i in range(shape.layers))
    norm = stored.keep(stored.take("model.norm.weight", shape.hidden))
    return DecoderWeights(shape, embedding, layers, norm, head)


def qkv_rows(shape: DecoderShape) -> Tensor:
    """Order of the rows of q, k and v: each head of q and k interleaved. Products of q and k do not change."""
    turned = (shape.heads + shape.kv_heads) * shape.head_dim
    heads = torch.arange(0, turned, shape.head_dim)[:, None] + _interleave(shape.head_dim)
    return torch.cat([heads.reshape(-1), torch.arange(turned, turned + shape.kv_heads * shape.head_dim)])


def _read_layer(shape: DecoderShape, stored: StoredTensors, prefix: str) -> LayerWeights:
    hidden, wide, mixed = shape.hidden, shape.intermediate, shape.heads * shape.head_dim
    keys = shape.kv_heads * shape.head_dim
    attention, mlp = prefix + "self_attn.", prefix + "mlp."
    norms = [stored.take(f"{prefix}{name}_layernorm.weight", hidden) for name in ("input", "post_attention")]
    qkv = [(attention + "q_proj", mixed), (attention + "k_proj", keys), (attention + "v_proj", keys)]
    return LayerWeights(
        qkv=_read_projection(stored, qkv, norms[0], qkv_rows(shape)),
        qk_norm=_read_qk_norm(shape, stored, attention),
        out=_read_projection(stored, [(attention + "o_proj", hidden)], torch.ones(mixed)),
        gate_up=_read_projection(stored, [(mlp + "gate_proj", wide), (mlp + "up_proj", wide)], norms[1]),
        down=_read_projection(stored, [(mlp + "down_proj", hidden)], torch.ones(wide)),
        scales=(norms[0], norms[1]),
    )


def _read_projection(
    stored: StoredTensors, parts: Sequence[tuple[str, int]], scale: Tensor, rows: Tensor | None = None
) -> Projection:
    """Linear layers side by side as one; `scale` [in] is folded in, `rows` orders the outputs."""
    weight = torch.cat([stored.take(f"{name}.weight", size, len(scale)) for name, size in parts])
    weight = weight * scale.to(weight.device)
    has_bias = stored.has(parts[0][0] + ".bias")
    bias = torch.cat([stored.take(f"{name}.bias", size) for name, size in parts]) if has_bias else None
    if rows is not None:
        weight, bias = weight[rows], bias if bias is None else bias[rows]
    return Projection(stored.keep(weight), None if bias is None else stored.keep(bias))


def _interleave(head_dim: int) -> Tensor:
    """Order that puts the two halves of a head beside each other: 0, d/2, 1, d/2 + 1, ..."""
    return torch.arange(head_dim).reshape(2, -1).T.reshape(-1)


def _read_qk_norm(shape: DecoderShape, stored: StoredTensors, prefix: str) -> Tensor | None:
    """Qwen3's per-head norm scales of q and k, one row a head."""
    if not stored.has(prefix + "q_norm.weight"):
        return None
    order = _interleave(shape.head_dim)
    q, k = (stored.take(f"{prefix}{name}_norm.weight", shape.head_dim)[order] for name in "qk")
    return stored.keep(torch.cat([q.expand(shape.heads, -1), k.expand(shape.kv_heads, -1)]))

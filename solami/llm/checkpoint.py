"""Llama- and Qwen-family checkpoint folders (config.json, safetensors) -> weights laid out for the streaming decoder.

Each norm's scale is folded into the matrix behind it, q/k/v and gate/up are one matrix each, and the rows of q and k
are reordered so that rotary position embedding is one complex product. Nothing is unpickled.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import safe_open
from torch import Tensor

from solami.errors import ConfigError

MODEL_TYPES = ("llama", "qwen2", "qwen3")


@dataclass(frozen=True, slots=True)
class DecoderShape:
    """The numbers of a config.json that the decoder needs."""

    vocab_size: int
    hidden: int
    layers: int
    heads: int
    kv_heads: int
    head_dim: int
    eps: float
    rope_theta: float
    max_positions: int
    tied: bool


@dataclass(frozen=True, slots=True, eq=False)
class LayerWeights:
    """One layer. H heads, G key-value heads, d head_dim, D hidden, F feed-forward."""

    qkv: Tensor  # [(H + 2 G) d, D]
    qkv_bias: Tensor | None  # [(H + 2 G) d]
    qk_norm: Tensor | None  # [H + G, d]
    out: Tensor  # [D, H d]
    gate_up: Tensor  # [2 F, D]
    down: Tensor  # [D, F]


@dataclass(frozen=True, slots=True, eq=False)
class DecoderWeights:
    """A whole model."""

    shape: DecoderShape
    embedding: Tensor  # [V, D]
    layers: tuple[LayerWeights, ...]
    norm: Tensor  # [D]
    head: Tensor  # [V, D]


def read_shape(folder: Path) -> DecoderShape:
    """Read config.json. Raises ConfigError for a model the decoder does not compute."""
    path = Path(folder) / "config.json"
    if not path.is_file():
        raise ConfigError(f"{path} is missing; give a folder written by save_pretrained")
    config = json.loads(path.read_text(encoding="utf-8"))
    _refuse_unsupported(path, config)
    rope = config.get("rope_parameters") or {}
    heads = config["num_attention_heads"]
    return DecoderShape(
        vocab_size=config["vocab_size"],
        hidden=config["hidden_size"],
        layers=config["num_hidden_layers"],
        heads=heads,
        kv_heads=config.get("num_key_value_heads") or heads,
        head_dim=config.get("head_dim") or config["hidden_size"] // heads,
        eps=config["rms_norm_eps"],
        rope_theta=rope.get("rope_theta") or config.get("rope_theta", 10_000.0),
        max_positions=config["max_position_embeddings"],
        tied=config.get("tie_word_embeddings", False),
    )


def _refuse_unsupported(path: Path, config: dict[str, Any]) -> None:
    rope = config.get("rope_parameters") or config.get("rope_scaling") or {}
    wanted: dict[str, tuple[object, tuple[object, ...]]] = {
        "model_type": (config.get("model_type"), MODEL_TYPES),
        "hidden_act": (config.get("hidden_act"), ("silu",)),
        "rope type": (rope.get("rope_type", rope.get("type", "default")), ("default",)),
        "attention_bias": (config.get("attention_bias", False), (False,)),
        "mlp_bias": (config.get("mlp_bias", False), (False,)),
        "use_sliding_window": (config.get("use_sliding_window", False), (False,)),
    }
    for name, (got, expected) in wanted.items():
        if got not in expected:
            raise ConfigError(
                f"{path}: {name} is {got!r}, the local engine computes {expected}; use engine transformers"
            )


def read_weights(folder: Path, *, device: str = "cpu", dtype: torch.dtype = torch.float32) -> DecoderWeights:
    """Read every safetensors file of a folder; stored halves are computed in `dtype`."""
    shape = read_shape(folder)
    stored = _Stored(folder, device, dtype)
    embedding = stored.keep(stored.take("model.embed_tokens.weight"))
    head = embedding if shape.tied else stored.keep(stored.take("lm_head.weight"))
    layers = tuple(_read_layer(shape, stored, f"model.layers.{i}.") for i in range(shape.layers))
    return DecoderWeights(shape, embedding, layers, stored.keep(stored.take("model.norm.weight")), head)


class _Stored:
    """The tensors of a folder by name."""

    def __init__(self, folder: Path, device: str, dtype: torch.dtype) -> None:
        self._folder, self._device, self._dtype = folder, device, dtype
        self._tensors = _read_tensors(folder)

    def has(self, name: str) -> bool:
        return name in self._tensors

    def take(self, name: str) -> Tensor:
        """In float32, for folding."""
        if name not in self._tensors:
            raise ConfigError(f"{self._folder}: tensor {name} is missing from the safetensors files")
        return self._tensors[name].float()

    def keep(self, value: Tensor) -> Tensor:
        """As the decoder computes it."""
        return value.to(device=self._device, dtype=self._dtype).contiguous()


def _read_layer(shape: DecoderShape, stored: _Stored, prefix: str) -> LayerWeights:
    attention, mlp = prefix + "self_attn.", prefix + "mlp."
    rows = _rotary_rows(shape)
    names = [attention + part for part in ("q_proj", "k_proj", "v_proj")]
    qkv = torch.cat([stored.take(name + ".weight") for name in names])[rows]
    has_bias = stored.has(names[0] + ".bias")
    bias = torch.cat([stored.take(name + ".bias") for name in names])[rows] if has_bias else None
    gate_up = torch.cat([stored.take(mlp + "gate_proj.weight"), stored.take(mlp + "up_proj.weight")])
    return LayerWeights(
        qkv=stored.keep(qkv * stored.take(prefix + "input_layernorm.weight")),
        qkv_bias=None if bias is None else stored.keep(bias),
        qk_norm=_qk_norm(shape, stored, attention),
        out=stored.keep(stored.take(attention + "o_proj.weight")),
        gate_up=stored.keep(gate_up * stored.take(prefix + "post_attention_layernorm.weight")),
        down=stored.keep(stored.take(mlp + "down_proj.weight")),
    )


def _interleave(head_dim: int) -> Tensor:
    """Order that puts the two halves of a head beside each other: 0, d/2, 1, d/2 + 1, ..."""
    return torch.arange(head_dim).reshape(2, -1).T.reshape(-1)


def _rotary_rows(shape: DecoderShape) -> Tensor:
    """Rows of q, k and v: each head of q and k interleaved, v as it is. Dot products of q and k do not change."""
    turned = (shape.heads + shape.kv_heads) * shape.head_dim
    heads = torch.arange(0, turned, shape.head_dim)[:, None] + _interleave(shape.head_dim)
    return torch.cat([heads.reshape(-1), torch.arange(turned, turned + shape.kv_heads * shape.head_dim)])


def _qk_norm(shape: DecoderShape, stored: _Stored, prefix: str) -> Tensor | None:
    """Qwen3's per-head norm scales of q and k, one row a head."""
    if not stored.has(prefix + "q_norm.weight"):
        return None
    order = _interleave(shape.head_dim)
    q = stored.take(prefix + "q_norm.weight")[order].expand(shape.heads, -1)
    k = stored.take(prefix + "k_norm.weight")[order].expand(shape.kv_heads, -1)
    return stored.keep(torch.cat([q, k]))


def _read_tensors(folder: Path) -> dict[str, Tensor]:
    files = sorted(Path(folder).glob("*.safetensors"))
    if not files:
        raise ConfigError(
            f"{folder}: no .safetensors file; other formats are not loaded, save the model with safetensors"
        )
    tensors: dict[str, Tensor] = {}
    for path in files:
        with safe_open(path, framework="pt") as file:
            tensors |= {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a dict
    return tensors

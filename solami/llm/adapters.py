"""LoRA adapters: a folder written by peft -> small matrices in the layout of the streaming decoder.

Paper: https://arxiv.org/abs/2106.09685. Kept apart from the model's weights, so that sessions with different adapters
share one batch; what peft offers beyond plain LoRA is refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import torch
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from torch import Tensor

from solami.errors import ConfigError
from solami.llm.checkpoint import DecoderWeights, qkv_rows
from solami.llm.shape import DecoderShape
from solami.llm.stored_tensors import StoredTensors

CONFIG, WEIGHTS = "adapter_config.json", "adapter_model.safetensors"
Part = Literal["qkv", "out", "gate_up", "down"]
PREFIX = "base_model.model.model.layers."


class _Config(BaseModel):
    """The keys of an adapter_config.json that the sums need."""

    model_config = ConfigDict(strict=True, frozen=True)

    r: Annotated[int, Field(ge=1, le=1 << 12)]
    lora_alpha: Annotated[float, Field(gt=0, le=1e6)]
    use_rslora: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class LowRank:
    """What is added to a projection: x times down times up, the scale in `up`."""

    down: Tensor  # [in, r]
    up: Tensor  # [r, out]


@dataclass(frozen=True, slots=True, eq=False)
class Adapter:
    """A whole adapter: for every layer the projections that it changes."""

    layers: tuple[Mapping[Part, LowRank], ...]


def read_adapter(folder: Path, weights: DecoderWeights) -> Adapter:
    """Read a peft folder that was trained on this model. Raises ConfigError for anything but plain LoRA."""
    path = Path(folder) / CONFIG
    if not path.is_file():
        raise ConfigError(f"{path} is missing; give a folder written by peft's save_pretrained")
    config = _read_config(path)
    like = weights.embedding
    stored = StoredTensors([Path(folder) / WEIGHTS], str(like.device), like.dtype)
    _refuse_unknown(Path(folder), stored.names)
    scale = config.lora_alpha / config.r ** (0.5 if config.use_rslora else 1)
    reader = _Reader(stored, weights.shape, config.r, scale)
    return Adapter(tuple(reader.layer(i, layer.scales) for i, layer in enumerate(weights.layers)))


class _Reader:
    """The stored matrices of one adapter."""

    def __init__(self, stored: StoredTensors, shape: DecoderShape, rank: int, scale: float) -> None:
        self._stored, self._shape, self._rank, self._scale = stored, shape, rank, scale

    def layer(self, index: int, scales: tuple[Tensor, Tensor]) -> dict[Part, LowRank]:
        """The additions of a layer, the norms' scales folded in as they are in the model."""
        shape, attention, mlp = self._shape, f"{PREFIX}{index}.self_attn.", f"{PREFIX}{index}.mlp."
        mixed, keys, wide = shape.heads * shape.head_dim, shape.kv_heads * shape.head_dim, shape.intermediate
        qkv = [(attention + "q_proj", mixed), (attention + "k_proj", keys), (attention + "v_proj", keys)]
        parts: dict[Part, LowRank | None] = {
            "qkv": self._low_rank(qkv, scales[0], qkv_rows(shape)),
            "out": self._low_rank([(attention + "o_proj", shape.hidden)], torch.ones(mixed)),
            "gate_up": self._low_rank([(mlp + "gate_proj", wide), (mlp + "up_proj", wide)], scales[1]),
            "down": self._low_rank([(mlp + "down_proj", shape.hidden)], torch.ones(wide)),
        }
        return {part: low_rank for part, low_rank in parts.items() if low_rank is not None}

    def _low_rank(self, parts: Sequence[tuple[str, int]], scale: Tensor, rows: Tensor | None = None) -> LowRank | None:
        """Projections side by side: their ranks add up, and each reaches its own outputs alone."""
        downs, ups = [], []
        for name, size in parts:
            if self._stored.has(f"{name}.lora_A.weight"):
                downs.append(self._stored.take(f"{name}.lora_A.weight", self._rank, len(scale)))
                ups.append(self._stored.take(f"{name}.lora_B.weight", size, self._rank))
            else:
                ups.append(torch.zeros(size, 0))
        if not downs:
            return None
        device = downs[0].device
        up = torch.block_diag(*(up.to(device) for up in ups))  # [out, ranks]
        down = torch.cat(downs) * scale.to(device)  # [ranks, in]
        up = self._scale * (up if rows is None else up[rows])
        return LowRank(self._stored.keep(down.t()), self._stored.keep(up.t()))


def _read_config(path: Path) -> _Config:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ConfigError(f"{path} is not JSON: {error}") from None
    if not isinstance(values, dict):
        raise ConfigError(f"{path}: got a {type(values).__name__}, expected keys and values")
    _refuse_unsupported(path, values)
    try:
        return _Config.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigError(f"{path}: {'.'.join(map(str, first['loc']))}: {first['msg']}; save it with peft") from None


def _refuse_unsupported(path: Path, config: dict[str, Any]) -> None:
    plain: dict[str, tuple[object, ...]] = {
        "peft_type": ("LORA",),
        "bias": ("none", None),
        "use_dora": (False, None),
        "lora_bias": (False, None),
        "fan_in_fan_out": (False, None),
        "modules_to_save": (None, []),
        "rank_pattern": (None, {}),
        "alpha_pattern": (None, {}),
    }
    for name, expected in plain.items():
        if config.get(name) not in expected:
            raise ConfigError(
                f"{path}: {name} is {config.get(name)!r}, the local engine computes plain LoRA ({expected[0]!r}); "
                "merge the adapter into its model or use engine transformers"
            )


def _refuse_unknown(folder: Path, names: set[str]) -> None:
    known = re.compile(re.escape(PREFIX) + r"\d+\.(self_attn\.[qkvo]_proj|mlp\.(gate|up|down)_proj)\.lora_[AB]\.weight")
    unknown = sorted(name for name in names if not known.fullmatch(name))
    if unknown or not names:
        raise ConfigError(
            f"{folder}: expected low-rank matrices of attention and feed-forward layers, got {unknown or 'none'}"
        )

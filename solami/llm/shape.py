"""config.json of a checkpoint folder -> the numbers the streaming decoder needs; what it would get wrong is refused."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from solami.errors import ConfigError
from solami.llm.rotary import Rope, read_rope, rope_of

MODEL_TYPES = ("llama", "mistral", "qwen2", "qwen3")
Count = Annotated[int, Field(ge=1, le=1 << 24)]
Few = Annotated[int, Field(ge=1, le=1 << 12)]


class _Stored(BaseModel):
    """The keys of a config.json that are read; the others are the training library's business."""

    model_config = ConfigDict(strict=True, frozen=True)

    vocab_size: Count
    hidden_size: Count
    intermediate_size: Count
    num_hidden_layers: Few
    num_attention_heads: Few
    num_key_value_heads: Few | None = None
    head_dim: Annotated[int, Field(ge=2, le=1 << 12, multiple_of=2)] | None = None
    rms_norm_eps: Annotated[float, Field(gt=0, lt=1)]
    max_position_embeddings: Count
    tie_word_embeddings: bool = False


@dataclass(frozen=True, slots=True)
class DecoderShape:
    """The numbers of a config.json that the decoder needs."""

    vocab_size: int
    hidden: int
    intermediate: int
    layers: int
    heads: int
    kv_heads: int
    head_dim: int
    eps: float
    rope: Rope
    max_positions: int
    tied: bool


def read_shape(folder: Path) -> DecoderShape:
    """Read config.json. Raises ConfigError for a model the decoder does not compute."""
    path = Path(folder) / "config.json"
    if not path.is_file():
        raise ConfigError(f"{path} is missing; give a folder written by save_pretrained")
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ConfigError(f"{path} is not JSON: {error}") from None
    if not isinstance(config, dict):
        raise ConfigError(f"{path}: got a {type(config).__name__}, expected keys and values")
    _refuse_unsupported(path, config)
    try:
        return _shape(path, config, _Stored.model_validate(config))
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        raise ConfigError(f"{path}: {key}: {first['msg']}; give a folder written by save_pretrained") from None


def _shape(path: Path, config: dict[str, Any], stored: _Stored) -> DecoderShape:
    heads, groups = stored.num_attention_heads, stored.num_key_value_heads or stored.num_attention_heads
    width = stored.head_dim or stored.hidden_size // heads
    if heads % groups or width < 2 or width % 2:
        raise ConfigError(f"{path}: got {heads} heads of {width} numbers that share {groups} keys; these do not fit")
    return DecoderShape(
        vocab_size=stored.vocab_size,
        hidden=stored.hidden_size,
        intermediate=stored.intermediate_size,
        layers=stored.num_hidden_layers,
        heads=heads,
        kv_heads=groups,
        head_dim=width,
        eps=stored.rms_norm_eps,
        rope=read_rope(path, config),
        max_positions=stored.max_position_embeddings,
        tied=stored.tie_word_embeddings,
    )


def _refuse_unsupported(path: Path, config: dict[str, Any]) -> None:
    rope = rope_of(config)
    slides = config.get("sliding_window") if config.get("model_type") == "mistral" else config.get("use_sliding_window")
    wanted: dict[str, tuple[object, tuple[object, ...]]] = {
        "model_type": (config.get("model_type"), MODEL_TYPES),
        "hidden_act": (config.get("hidden_act"), ("silu",)),
        "partial_rotary_factor": (rope.get("partial_rotary_factor", config.get("partial_rotary_factor", 1.0)), (1.0,)),
        "sliding_window": (slides or None, (None,)),
        "quantization_config": (config.get("quantization_config"), (None,)),
    }
    for name, (got, expected) in wanted.items():
        if got not in expected:
            raise ConfigError(
                f"{path}: {name} is {got!r}, the local engine computes {expected}; use engine transformers"
            )

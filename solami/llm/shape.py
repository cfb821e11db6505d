"""config.json of a checkpoint folder -> the numbers the streaming decoder needs; what it would get wrong is refused."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from solami.errors import ConfigError
from solami.llm.rotary import Rope, read_rope

MODEL_TYPES = ("llama", "mistral", "qwen2", "qwen3")


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
    _refuse_unsupported(path, config)
    try:
        return _shape(path, config)
    except KeyError as error:
        raise ConfigError(f"{path}: {error} is missing; give a folder written by save_pretrained") from None


def _shape(path: Path, config: dict[str, Any]) -> DecoderShape:
    heads = config["num_attention_heads"]
    return DecoderShape(
        vocab_size=config["vocab_size"],
        hidden=config["hidden_size"],
        intermediate=config["intermediate_size"],
        layers=config["num_hidden_layers"],
        heads=heads,
        kv_heads=config.get("num_key_value_heads") or heads,
        head_dim=config.get("head_dim") or config["hidden_size"] // heads,
        eps=config["rms_norm_eps"],
        rope=read_rope(path, config),
        max_positions=config["max_position_embeddings"],
        tied=config.get("tie_word_embeddings", False),
    )


def _refuse_unsupported(path: Path, config: dict[str, Any]) -> None:
    rope = config.get("rope_parameters") or {}
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

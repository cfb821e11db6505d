"""Rotary position embedding: the frequencies that a config.json asks for, as one table of complex turns.

Not the rotation of the running rows, which is the decoder's. Papers: RoFormer https://arxiv.org/abs/2104.09864, YaRN
https://arxiv.org/abs/2309.00071; `llama3` is the rule of the Llama 3.1 model card.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import torch
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from torch import Tensor

from solami.errors import ConfigError

Kind = Literal["default", "linear", "llama3", "yarn"]
Positive = Annotated[float, Field(gt=0, le=1e12)]
NotNegative = Annotated[float, Field(ge=0, le=1e12)]


@dataclass(frozen=True, slots=True)
class Rope:
    """How fast each pair of a head turns from position to position."""

    theta: float
    kind: Kind = "default"
    factor: float = 1.0  # how many times longer the context became
    original_positions: int = 0  # of the model before that
    slow_turns: float = 1.0  # pairs that turn less often in the original context are slowed by `factor`
    fast_turns: float = 4.0  # those that turn more often are left alone; between the two it fades
    is_truncated: bool = True  # yarn: the fade begins and ends at whole pairs
    strength: float = 1.0  # scale of the turned queries and keys


class _Stored(BaseModel):
    """The rotary numbers of a config.json; null stands for what is not there."""

    model_config = ConfigDict(strict=True, frozen=True)

    rope_theta: Annotated[float, Field(gt=1, le=1e12)] | None = None
    factor: Positive | None = None
    original_max_position_embeddings: Annotated[int, Field(ge=1, le=1 << 30)] | None = None
    low_freq_factor: Positive | None = None
    high_freq_factor: Positive | None = None
    beta_slow: Positive | None = None
    beta_fast: Positive | None = None
    truncate: bool = True
    attention_factor: Positive | None = None
    mscale: NotNegative | None = None
    mscale_all_dim: NotNegative | None = None


def rope_of(config: Mapping[str, Any]) -> dict[str, Any]:
    """The rotary keys of a config.json, from their old and their new place."""
    blocks = [config.get(name) for name in ("rope_scaling", "rope_parameters")]
    return {key: value for block in blocks if isinstance(block, Mapping) for key, value in block.items()}


def read_rope(path: Path, config: Mapping[str, Any]) -> Rope:
    """The rotary part of a config.json. Raises ConfigError for an unknown kind, or numbers that cannot be."""
    rope = {"rope_theta": config.get("rope_theta"), **rope_of(config)}
    kind = rope.get("rope_type", rope.get("type", "default"))
    if kind not in get_args(Kind):
        raise ConfigError(
            f"{path}: rope type is {kind!r}, the local engine computes {get_args(Kind)}; use engine transformers"
        )
    try:
        stored = _Stored.model_validate(rope)
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigError(f"{path}: rope {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    return _rope(path, kind, stored)


def _rope(path: Path, kind: Kind, stored: _Stored) -> Rope:
    theta, factor, original = stored.rope_theta or 10_000.0, stored.factor, stored.original_max_position_embeddings
    if kind == "default":
        return Rope(theta)
    if factor is None or (kind != "linear" and original is None):
        raise ConfigError(f"{path}: rope type {kind!r} lacks factor or original_max_position_embeddings")
    if kind == "llama3":
        slow, fast = stored.low_freq_factor or 1.0, stored.high_freq_factor or 4.0
    else:
        slow, fast = stored.beta_slow or 1.0, stored.beta_fast or 32.0
    if slow >= fast:
        raise ConfigError(f"{path}: rope type {kind!r} fades from {fast} to {slow} turns, expected more to fewer")
    strength = _yarn_strength(stored, factor) if kind == "yarn" else 1.0
    return Rope(theta, kind, factor, original or 0, slow, fast, is_truncated=stored.truncate, strength=strength)


def turn_table(rope: Rope, head_dim: int, positions: int) -> Tensor:
    """Complex turns [positions, head_dim / 2] of absolute value 1, in double precision."""
    angles = torch.arange(positions).double()[:, None] * _rates(rope, head_dim)
    return torch.polar(torch.ones_like(angles), angles)


def _rates(rope: Rope, head_dim: int) -> Tensor:
    """Radians a position, [head_dim / 2]."""
    rates = rope.theta ** (-torch.arange(0, head_dim, 2).double() / head_dim)
    match rope.kind:
        case "default":
            return rates
        case "linear":
            return rates / rope.factor
        case "llama3":
            turns = rope.original_positions * rates / (2 * math.pi)
            kept = (turns - rope.slow_turns) / (rope.fast_turns - rope.slow_turns)
        case "yarn":
            kept = _yarn_kept(rope, head_dim)
    kept = kept.clamp(0, 1)
    return rates * (kept + (1 - kept) / rope.factor)


def _yarn_kept(rope: Rope, head_dim: int) -> Tensor:
    """How much of each pair's own rate is kept: a ramp over the pair's index, not over its turns."""

    def pair(turns: float) -> float:
        """The index of the pair that turns so often in the original context."""
        return head_dim / 2 * math.log(rope.original_positions / (2 * math.pi * turns)) / math.log(rope.theta)

    first, last = pair(rope.fast_turns), pair(rope.slow_turns)
    if rope.is_truncated:
        first, last = math.floor(first), math.ceil(last)
    first, last = max(first, 0), min(last, head_dim - 1)
    return 1 - (torch.arange(head_dim // 2).double() - first) / max(last - first, 0.001)


def _yarn_strength(stored: _Stored, factor: float) -> float:
    def scale(weight: float) -> float:
        return 0.1 * weight * math.log(factor) + 1 if factor > 1 else 1.0

    if stored.attention_factor is not None:
        return stored.attention_factor
    if stored.mscale and stored.mscale_all_dim:
        return scale(stored.mscale) / scale(stored.mscale_all_dim)
    return scale(1.0)

"""Rotary position embedding: the frequencies that a config.json asks for, as one table of complex turns.

Not the rotation of the running rows, which is the decoder's. Papers: RoFormer https://arxiv.org/abs/2104.09864, YaRN
https://arxiv.org/abs/2309.00071; `llama3` is the rule of the Llama 3.1 model card.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import torch
from torch import Tensor

from solami.errors import ConfigError

Kind = Literal["default", "linear", "llama3", "yarn"]


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


def read_rope(path: Path, config: Mapping[str, Any]) -> Rope:
    """The rotary part of a config.json, in its old or its new place. Raises ConfigError for an unknown kind."""
    rope = {**(config.get("rope_scaling") or {}), **(config.get("rope_parameters") or {})}
    kind = rope.get("rope_type", rope.get("type", "default"))
    theta = rope.get("rope_theta") or config.get("rope_theta") or 10_000.0
    if kind not in get_args(Kind):
        raise ConfigError(
            f"{path}: rope type is {kind!r}, the local engine computes {get_args(Kind)}; use engine transformers"
        )
    if kind == "default":
        return Rope(theta)
    factor = rope.get("factor")
    original = rope.get("original_max_position_embeddings") or 0
    if not factor or (kind != "linear" and not original):
        raise ConfigError(f"{path}: rope type {kind!r} lacks factor or original_max_position_embeddings")
    is_llama = kind == "llama3"
    return Rope(
        theta,
        kind,
        factor,
        original,
        slow_turns=(rope.get("low_freq_factor") if is_llama else rope.get("beta_slow")) or 1.0,
        fast_turns=(rope.get("high_freq_factor") or 4.0) if is_llama else (rope.get("beta_fast") or 32.0),
        is_truncated=rope.get("truncate", True),
        strength=_yarn_strength(rope) if kind == "yarn" else 1.0,
    )


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


def _yarn_strength(rope: Mapping[str, Any]) -> float:
    def scale(weight: float) -> float:
        return 0.1 * weight * math.log(rope["factor"]) + 1 if rope["factor"] > 1 else 1.0

    if rope.get("attention_factor") is not None:
        return float(rope["attention_factor"])
    if rope.get("mscale") and rope.get("mscale_all_dim"):
        return scale(rope["mscale"]) / scale(rope["mscale_all_dim"])
    return scale(1.0)

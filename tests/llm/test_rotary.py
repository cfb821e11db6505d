"""The turns of rotary embedding are those of transformers for every kind, read from the old and the new place."""

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import LlamaConfig
from transformers.models.llama.modeling_llama import LlamaRotaryEmbedding

from solami.errors import ConfigError
from solami.llm.rotary import Rope, read_rope, turn_table

LLAMA3 = {"low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 512}
KINDS: list[dict[str, Any]] = [
    {"rope_type": "default"},
    {"rope_type": "linear", "factor": 3.0},
    {"rope_type": "llama3", "factor": 8.0, **LLAMA3},
    {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 512},
    {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 512, "attention_factor": 0.5},
    {"rope_type": "yarn", "factor": 2.0, "original_max_position_embeddings": 64, "truncate": False, "beta_fast": 16.0},
]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("theta", [1e4, 1e6])
def test_turns_match_transformers(kind: dict[str, Any], theta: float) -> None:
    """Cosine and sine of every pair at every position, with their strength."""
    rope = kind | {"rope_theta": theta}
    config = LlamaConfig(hidden_size=128, num_attention_heads=2, max_position_embeddings=2048, rope_parameters=rope)
    cosine, sine = LlamaRotaryEmbedding(config)(torch.zeros(1, 1), torch.arange(300)[None])
    ours = read_rope(Path("config.json"), {"rope_parameters": rope})
    turns = turn_table(ours, 64, 300) * ours.strength
    assert (turns.real - cosine[0, :, :32]).abs().max() < 5e-5  # transformers' angles are in single precision
    assert (turns.imag - sine[0, :, :32]).abs().max() < 5e-5


def test_the_old_place_is_read() -> None:
    """Before transformers 5, theta stood beside rope_scaling, whose key was type."""
    old = {"rope_theta": 5e5, "rope_scaling": {"type": "llama3", "factor": 8.0, **LLAMA3}}
    new = {"rope_parameters": {"rope_theta": 5e5, "rope_type": "llama3", "factor": 8.0, **LLAMA3}}
    assert read_rope(Path("c"), old) == read_rope(Path("c"), new)
    assert read_rope(Path("c"), {"rope_theta": 1e6, "rope_scaling": None}) == Rope(1e6)


@pytest.mark.parametrize("rope", [{"rope_type": "linear"}, {"rope_type": "yarn", "factor": 4.0}, {"type": "longrope"}])
def test_an_unknown_or_unfinished_kind_is_refused(rope: dict[str, Any]) -> None:
    """A kind we do not compute, or one without its numbers, is an error."""
    with pytest.raises(ConfigError, match="rope type"):
        read_rope(Path("config.json"), {"rope_scaling": rope})

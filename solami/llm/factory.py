"""Configuration -> the engine: which class stands behind every kind, and how large its slots are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, assert_never

import torch

from solami.errors import ConfigError
from solami.llm.checkpoint import read_weights
from solami.llm.config import (
    ClickFlipEngineConfig,
    EngineConfig,
    LocalEngineConfig,
    RandomEngineConfig,
    ScriptedEngineConfig,
    TransformersEngineConfig,
)
from solami.llm.engine import Engine
from solami.llm.local_engine import LocalEngine
from solami.llm.random_weights import random_weights
from solami.llm.rotary import Rope
from solami.llm.scripted_engine import ScriptedEngine
from solami.llm.shape import DecoderShape
from solami.llm.transformers_engine import TransformersEngine, read_model
from solami.llm.vocabulary import Vocabulary


def build_engine(config: EngineConfig, folder: Path, vocabulary: Vocabulary, *, slots: int) -> Engine:
    """The engine of a checkpoint folder, with room for `slots` sessions. ConfigError where the folder has no LLM."""
    match config:
        case ScriptedEngineConfig():
            return ScriptedEngine(vocabulary, slots=slots)
        case ClickFlipEngineConfig():
            raise ConfigError("engine.kind click_flip plays without models; serve it, or choose another kind")
        case RandomEngineConfig():
            return _random_engine(config, slots, vocabulary)
        case LocalEngineConfig() | TransformersEngineConfig():
            torch.set_num_threads(config.threads)
            context_tokens = config.context_tokens or _positions(folder / "llm")
            where: dict[str, Any] = {"device": config.device, "dtype": getattr(torch, config.dtype)}
            if isinstance(config, LocalEngineConfig):
                return LocalEngine(read_weights(folder / "llm", **where), slots=slots, context_tokens=context_tokens)
            return TransformersEngine(read_model(folder / "llm", **where), slots=slots, context_tokens=context_tokens)
        case _ as unknown:
            assert_never(unknown)


def _random_engine(config: RandomEngineConfig, slots: int, vocabulary: Vocabulary) -> LocalEngine:
    if config.heads % config.kv_heads:
        raise ConfigError(f"engine.kv_heads: got {config.kv_heads}, expected a divisor of {config.heads} heads")
    torch.set_num_threads(config.threads)
    shape = DecoderShape(
        vocab_size=vocabulary.size,
        hidden=config.hidden,
        intermediate=config.intermediate,
        layers=config.layers,
        heads=config.heads,
        kv_heads=config.kv_heads,
        head_dim=config.head_dim,
        eps=1e-5,
        rope=Rope(1e4),
        max_positions=config.context_tokens,
        tied=False,
    )
    weights = random_weights(shape, device=config.device, dtype=getattr(torch, config.dtype))
    return LocalEngine(weights, slots=slots, context_tokens=config.context_tokens)


def _positions(folder: Path) -> int:
    """How many positions the model was built for."""
    path = folder / "config.json"
    if not path.is_file():
        raise ConfigError(f"{path} is missing; give a checkpoint whose llm/ was written by save_pretrained")
    return int(json.loads(path.read_text(encoding="utf-8"))["max_position_embeddings"])

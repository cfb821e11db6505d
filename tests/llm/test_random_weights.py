"""Random weights are a whole model of the wanted size, the same for the same seed."""

import torch

from solami.llm.engine import Legal, Sampling
from solami.llm.local_engine import LocalEngine
from solami.llm.random_weights import random_weights
from solami.llm.rotary import Rope
from solami.llm.shape import DecoderShape

SHAPE = DecoderShape(
    vocab_size=120,
    hidden=32,
    intermediate=48,
    layers=2,
    heads=4,
    kv_heads=2,
    head_dim=8,
    eps=1e-5,
    rope=Rope(1e4),
    max_positions=64,
    tied=False,
)
ANY: Legal = (range(0, 120),)


def test_an_engine_runs_them_and_draws_many_ids() -> None:
    """Rows stay finite, ids vary, and a seed repeats them."""
    runs = []
    for seed in (0, 0, 1):
        weights = random_weights(SHAPE, device="cpu", dtype=torch.float32, seed=seed)
        engine = LocalEngine(weights, slots=1, context_tokens=64)
        slot = engine.open(5)
        engine.prefill(slot, [1, 2, 3])
        runs.append([engine.step([slot], [ANY], [Sampling(1.0, 1.0)])[0] for _ in range(20)])
    assert runs[0] == runs[1] != runs[2]
    assert len(set(runs[0])) > 5

"""The reference engine and the local one agree over any order of calls."""

import random
from pathlib import Path

import pytest

from solami.errors import ConfigError
from solami.llm.checkpoint import read_weights
from solami.llm.engine import Engine, Legal, Sampling
from solami.llm.local_engine import LocalEngine
from solami.llm.transformers_engine import TransformersEngine, read_model

ANY: Legal = (range(20, 60), range(90, 91), range(100, 140))


def test_random_walks_of_calls_match_the_reference(tiny_llama: Path) -> None:
    """After any order of prefill, step and rollback, the local engine's best id is the reference's."""
    engines: list[Engine] = [
        LocalEngine(read_weights(tiny_llama), slots=1, context_tokens=96),
        TransformersEngine(read_model(tiny_llama), slots=1, context_tokens=96),
    ]
    slots = [engine.open(0) for engine in engines]
    rng = random.Random(0)
    for engine, slot in zip(engines, slots, strict=True):
        engine.prefill(slot, [1])
    for _ in range(40):
        position = engines[0].position(slots[0])
        action = rng.choice(["prefill", "step", "step", "rollback"])
        ids = [rng.randrange(200) for _ in range(rng.randrange(1, 9))]
        mark = rng.randrange(1, position + 1)
        for engine, slot in zip(engines, slots, strict=True):
            if action == "rollback" or position > 80:
                engine.rollback(slot, mark)
            elif action == "prefill":
                engine.prefill(slot, ids)
        if action == "step" and position <= 80:
            best = [e.step([s], [ANY], [Sampling(0.0)]) for e, s in zip(engines, slots, strict=True)]
            assert best[0] == best[1]


def test_a_folder_without_a_model_is_refused(tmp_path: Path) -> None:
    """A folder without config.json is an error, not a download."""
    with pytest.raises(ConfigError, match=r"config\.json"):
        read_model(tmp_path)

"""What only the local engine does: prompts in chunks, memory that is used again."""

from pathlib import Path

import pytest

from solami.errors import ConfigError
from solami.llm import local_engine
from solami.llm.checkpoint import read_shape
from solami.llm.engine import Sampling
from solami.llm.local_engine import LocalEngine


def test_a_long_prompt_runs_in_chunks(tiny_llama: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cutting a prompt into chunks does not change the best next ids."""
    prompt, best = [i % 90 for i in range(60)], []
    for chunk in (256, 7):
        monkeypatch.setattr(local_engine, "PREFILL_CHUNK", chunk)
        engine = local_engine.LocalEngine.load(tiny_llama, slots=1, context_tokens=96)
        slot = engine.open(0)
        engine.prefill(slot, prompt)
        best.append([engine.step([slot], [(range(0, 90),)], [Sampling(0.0)])[0] for _ in range(10)])
    assert best[0] == best[1]


def test_a_reused_cache_remembers_nothing(tiny_llama: Path) -> None:
    """A slot in the memory of a closed one draws what a fresh one draws."""
    best = []
    for prompts in ([[4, 5]], [[9] * 50, [4, 5]]):
        engine = LocalEngine.load(tiny_llama, slots=1, context_tokens=96)
        for prompt in prompts:
            slot = engine.open(0)
            engine.prefill(slot, prompt)
            ids = [engine.step([slot], [(range(0, 90),)], [Sampling(0.0)])[0] for _ in range(5)]
            engine.close(slot)
        best.append(ids)
    assert best[0] == best[1]


def test_a_context_beyond_the_model_is_refused(tiny_llama: Path) -> None:
    """More positions than the model was built for are an error."""
    with pytest.raises(ConfigError, match="positions"):
        LocalEngine.load(tiny_llama, context_tokens=read_shape(tiny_llama).max_positions + 1)

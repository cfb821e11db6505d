"""What only the local engine does: prompts in chunks, memory that is used again."""

from pathlib import Path

import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from solami.errors import ConfigError
from solami.llm import local_engine
from solami.llm.checkpoint import read_weights
from solami.llm.engine import Sampling
from solami.llm.local_engine import LocalEngine
from solami.llm.shape import read_shape


def test_a_long_prompt_runs_in_chunks(tiny_llama: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cutting a prompt into chunks does not change the best next ids."""
    prompt, best = [i % 90 for i in range(60)], []
    for chunk in (256, 7):
        monkeypatch.setattr(local_engine, "PREFILL_CHUNK", chunk)
        engine = local_engine.LocalEngine(read_weights(tiny_llama), slots=1, context_tokens=96)
        slot = engine.open(0)
        engine.prefill(slot, prompt)
        best.append([engine.step([slot], [(range(0, 90),)], [Sampling(0.0)])[0] for _ in range(10)])
    assert best[0] == best[1]


def test_a_reused_cache_remembers_nothing(tiny_llama: Path) -> None:
    """A slot in the memory of a closed one draws what a fresh one draws."""
    best = []
    for prompts in ([[4, 5]], [[9] * 50, [4, 5]]):
        engine = LocalEngine(read_weights(tiny_llama), slots=1, context_tokens=96)
        for prompt in prompts:
            slot = engine.open(0)
            engine.prefill(slot, prompt)
            ids = [engine.step([slot], [(range(0, 90),)], [Sampling(0.0)])[0] for _ in range(5)]
            engine.close(slot)
        best.append(ids)
    assert best[0] == best[1]


@pytest.fixture
def one_layer(tmp_path: Path) -> Path:
    """A model whose keys and values know nothing but their own id and position."""
    torch.manual_seed(2)
    config = LlamaConfig(
        vocab_size=200,
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=1,
        num_attention_heads=4,
        max_position_embeddings=128,
        initializer_range=0.3,
    )
    LlamaForCausalLM(config).save_pretrained(tmp_path)
    return tmp_path


def test_what_is_left_stands_at_contiguous_positions(one_layer: Path) -> None:
    """With one layer, a slot that forgot answers as one that never held the forgotten ids."""
    engine = LocalEngine(read_weights(one_layer), slots=2, context_tokens=128)
    worn, fresh = engine.open(0), engine.open(0)
    ids = [i % 200 for i in range(0, 700, 7)]
    engine.prefill(worn, ids)
    for start, stop in ((10, 31), (10, 52), (3, 4), (20, 25)):
        engine.forget(worn, start, stop)
        del ids[start:stop]
    engine.prefill(fresh, ids)
    halves = (range(0, 100),), (range(100, 200),)
    for token_id in (5, 6, 7):
        for slot in (worn, fresh):
            engine.prefill(slot, [token_id])
        assert engine.probability(worn, *halves) == pytest.approx(engine.probability(fresh, *halves), abs=1e-5)


def test_a_context_beyond_the_model_is_refused(tiny_llama: Path) -> None:
    """More positions than the model was built for are an error."""
    with pytest.raises(ConfigError, match="positions"):
        LocalEngine(read_weights(tiny_llama), context_tokens=read_shape(tiny_llama).max_positions + 1)


def test_a_step_reads_every_weight_once(tiny_llama: Path) -> None:
    """Layers, the legal rows of the head and what the slot holds are counted; the rest of the head is not."""
    engine = LocalEngine(read_weights(tiny_llama), slots=1, context_tokens=96)
    layer = 32 * (32 + 16 + 16) + 32 * 32 + 3 * 32 * 48
    assert engine.step_bytes(10, (range(5), range(7, 8))) == 4 * (2 * layer + 6 * 32 + 10 * 2 * 2 * 16)
    assert engine.device == "cpu"

"""Steps of one shape give what the streaming decoder gives; a GPU records them, a CPU only runs them."""

from pathlib import Path
from typing import Any

import pytest
import torch
from peft import LoraConfig, get_peft_model
from transformers import AutoModelForCausalLM

from solami.llm import local_engine
from solami.llm.checkpoint import read_weights
from solami.llm.decoder import StreamingDecoder
from solami.llm.engine import Legal, Sampling
from solami.llm.local_engine import LocalEngine
from solami.llm.ragged import Segment
from solami.llm.static_step import Entry, StaticSteps

ANY: Legal = (range(20, 60), range(90, 91), range(100, 140))
HALVES: tuple[Legal, Legal] = ((range(0, 100),), (range(100, 200),))


def test_sizes_double_up_to_what_there_is(tiny_llama: Path) -> None:
    """Three caches are steps of 1, 2 and 3 rows; windows end with the context."""
    decoder = StreamingDecoder(read_weights(tiny_llama), 600)
    assert StaticSteps(decoder, decoder.new_caches(3)).sizes == [
        (rows, window) for rows in (1, 2, 3) for window in (256, 512, 600)
    ]


def test_steps_match_the_streaming_decoder(tiny_llama: Path) -> None:
    """Rows of different lengths, over a window's edge and with others waiting, agree; waiting rows stay as they are."""
    decoder = StreamingDecoder(read_weights(tiny_llama), 300)
    pool, alone = decoder.new_caches(4), decoder.new_caches(4)
    pool.fill_(float("nan"))  # what was never written must never count
    steps = StaticSteps(decoder, pool)
    steps.prepare()
    lengths = [254, 3, 30, 1]
    ids = [[(7 * n + row) % 200 for n in range(300)] for row in range(4)]
    for caches in (pool, alone):
        for row, length in enumerate(lengths):
            decoder.forward([Segment(ids[row][:length], 0, caches[row])])
    for rows in ([0, 2], [2], [3, 0, 1], [0, 1, 2, 3], [0]):
        got = steps.run([Entry(row, ids[row][lengths[row]], lengths[row]) for row in rows])
        wanted = decoder.forward([Segment([ids[row][lengths[row]]], lengths[row], alone[row]) for row in rows])
        assert (got - wanted).abs().max() < 1e-5
        for row in rows:
            lengths[row] += 1
    for row, length in enumerate(lengths):
        assert (pool[row, :, :, :length] - alone[row, :, :, :length]).abs().max() < 1e-5


@pytest.fixture
def static(monkeypatch: pytest.MonkeyPatch) -> None:
    """Engines step as they do on a GPU."""
    monkeypatch.setattr(local_engine, "_has_graphs", lambda pool: True)


def walk(engine: LocalEngine, adapters: list[Path]) -> list[Any]:
    """Ids and probabilities of three slots over prefills, steps, rollbacks, forgetting and new slots."""
    loaded = [engine.load_adapter(folder) for folder in adapters]
    slots = [engine.open(n, adapter) for n, adapter in enumerate([None, *loaded])]
    seen: list[Any] = []
    for n, slot in enumerate(slots):
        engine.prefill(slot, range(3 + 4 * n))
    for _ in range(3):
        seen += [engine.step(slots, [ANY] * 3, [Sampling(0.0)] * 3) for _ in range(4)]
        seen += engine.step(slots[1:2], [ANY], [Sampling(0.0)])
        engine.rollback(slots[0], engine.position(slots[0]) - 2)
        engine.forget(slots[2], 2, 4)
    engine.close(slots[0])
    slots[0] = engine.open(0, loaded[0])
    engine.prefill(slots[0], [5, 6])
    return [*seen, *(round(engine.probability(slot, *HALVES), 4) for slot in slots)]


@pytest.mark.filterwarnings("ignore:`is_gradient_checkpointing`:FutureWarning")
def test_an_engine_of_static_steps_draws_the_same(
    tiny_llama: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """With adapters of different ranks and targets and slots that come and go, the ids are those of the other path."""
    torch.manual_seed(4)
    folders = []
    for rank, targets in ((2, ["q_proj", "down_proj"]), (5, ["v_proj", "o_proj", "gate_proj"])):
        config = LoraConfig(r=rank, target_modules=targets, init_lora_weights=False)
        folders.append(tmp_path / str(rank))
        get_peft_model(AutoModelForCausalLM.from_pretrained(tiny_llama), config).save_pretrained(folders[-1])
    wanted = walk(LocalEngine(read_weights(tiny_llama), slots=3, context_tokens=64), folders)
    request.getfixturevalue("static")
    assert walk(LocalEngine(read_weights(tiny_llama), slots=3, context_tokens=64), folders) == wanted


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU; graphs are recorded on GPUs alone")
def test_a_graph_draws_what_the_cpu_draws(tiny_llama: Path) -> None:
    """On a GPU in float32 the best ids are those of the CPU."""
    drawn = []
    for device in ("cpu", "cuda"):
        engine = LocalEngine(read_weights(tiny_llama, device=device), slots=2, context_tokens=64)
        slots = [engine.open(0), engine.open(1)]
        for slot in slots:
            engine.prefill(slot, range(4 + slot))
        drawn.append([engine.step(slots, [ANY] * 2, [Sampling(0.0)] * 2) for _ in range(10)])
    assert drawn[0] == drawn[1]

"""The streaming decoder's logits are transformers' logits, whatever the shape, the cache and the batch."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import AutoModelForCausalLM, LlamaConfig, MistralConfig, PretrainedConfig, Qwen2Config, Qwen3Config

from solami.llm.checkpoint import DecoderWeights, read_weights
from solami.llm.decoder import StreamingDecoder
from solami.llm.projections import Projection
from solami.llm.ragged import Segment

VOCABULARY, POSITIONS, SLOTS = 97, 64, 3
ROPES: list[dict[str, Any]] = [
    {"rope_type": "default", "rope_theta": 1e4},
    {"rope_type": "default", "rope_theta": 1e6},
    {"rope_type": "linear", "rope_theta": 1e4, "factor": 4.0},
    {
        "rope_type": "llama3",
        "rope_theta": 5e5,
        "factor": 8.0,
        "low_freq_factor": 1.0,
        "high_freq_factor": 4.0,
        "original_max_position_embeddings": 24,
    },
    {"rope_type": "yarn", "rope_theta": 1e4, "factor": 4.0, "original_max_position_embeddings": 16},
    {
        "rope_type": "yarn",
        "rope_theta": 1e4,
        "factor": 4.0,
        "original_max_position_embeddings": 16,
        "truncate": False,
        "mscale": 0.7,
        "mscale_all_dim": 1.3,
        "beta_fast": 8.0,
    },
]


@dataclass(frozen=True)
class Move:
    """What one slot does in a round: it goes back to `mark`, or as far as it got, and takes `count` new ids."""

    slot: int
    mark: int
    count: int


@st.composite
def configs(draw: st.DrawFn) -> PretrainedConfig:
    """A small model of one of the families, with sizes that fit no vector register."""
    groups, sharing = draw(st.integers(1, 3)), draw(st.integers(1, 3))
    sizes: dict[str, Any] = {
        "vocab_size": VOCABULARY,
        "num_hidden_layers": draw(st.integers(1, 3)),
        "max_position_embeddings": POSITIONS,
        "initializer_range": 0.15,
        "hidden_size": draw(st.sampled_from([36, 72])),
        "intermediate_size": draw(st.sampled_from([37, 40, 96])),
        "num_attention_heads": groups * sharing,
        "num_key_value_heads": groups,
        "head_dim": draw(st.sampled_from([4, 8, 20])),
        "tie_word_embeddings": draw(st.booleans()),
        "rope_parameters": draw(st.sampled_from(ROPES)),
    }
    match draw(st.sampled_from(["llama", "mistral", "qwen2", "qwen3"])):
        case "llama":
            return LlamaConfig(**sizes, attention_bias=draw(st.booleans()), mlp_bias=draw(st.booleans()))
        case "mistral":
            return MistralConfig(**sizes, sliding_window=None)
        case "qwen2":
            return Qwen2Config(**sizes)
        case _:
            return Qwen3Config(**sizes, attention_bias=draw(st.booleans()))


def rounds() -> st.SearchStrategy[list[list[Move]]]:
    """Batches of different slots, single ids and prefills mixed."""
    counts = st.one_of(st.just(1), st.integers(1, 11))
    move = st.builds(Move, st.integers(0, SLOTS - 1), st.one_of(st.just(99), st.integers(0, 40)), counts)
    return st.lists(st.lists(move, min_size=1, max_size=SLOTS, unique_by=lambda m: m.slot), min_size=1, max_size=8)


def models(config: PretrainedConfig, dtype: torch.dtype = torch.float32) -> tuple[Any, DecoderWeights]:
    """A random model in transformers, and what the decoder reads of it."""
    torch.manual_seed(1)
    model = AutoModelForCausalLM.from_config(config)
    for parameter in model.parameters():  # biases and norm scales that are not trivially 0 and 1
        parameter.data.add_(0.1 * torch.randn_like(parameter))
    with tempfile.TemporaryDirectory() as folder:
        model.to(dtype).save_pretrained(folder)
        return model.float(), read_weights(Path(folder))


class Batch:
    """Slots of one decoder that follow moves; every slot's text is its own."""

    def __init__(self, weights: DecoderWeights) -> None:
        self.decoder, self.lengths = StreamingDecoder(weights, POSITIONS), [0] * SLOTS
        self._caches = self.decoder.new_caches(SLOTS)
        self.texts = torch.randint(0, VOCABULARY, (SLOTS, POSITIONS), generator=torch.Generator().manual_seed(3))

    def run(self, moves: Sequence[Move]) -> list[torch.Tensor]:
        """The last row of each slot that moved; slots that are full start anew."""
        segments = []
        for move in moves:
            start = min(move.mark, self.lengths[move.slot])
            start = 0 if start + move.count > POSITIONS else start
            ids = self.texts[move.slot, start : start + move.count].tolist()
            segments.append(Segment(ids, start, self._caches[move.slot]))
            self.lengths[move.slot] = start + move.count
        return list(self.decoder.forward(segments))


@settings(max_examples=30)
@given(configs(), rounds())
def test_logits_match_transformers(config: PretrainedConfig, played: list[list[Move]]) -> None:
    """Over random shapes, batches, cache lengths, prefills and rollbacks the logits agree to 1e-4 in float32."""
    model, weights = models(config)
    batch = Batch(weights)
    with torch.inference_mode():
        wanted = model(batch.texts).logits
        for moves in played:
            for move, row in zip(moves, batch.run(moves), strict=True):
                difference = row @ weights.head.T - wanted[move.slot, batch.lengths[move.slot] - 1]
                assert difference.abs().max() < 1e-4


@settings(max_examples=30)
@given(configs(), rounds())
def test_a_slot_does_not_depend_on_its_batch(config: PretrainedConfig, played: list[list[Move]]) -> None:
    """On CPUs a slot's rows are the same bit by bit alone and beside others that step or prefill."""
    _, weights = models(config)
    if not weights.layers[0].qkv.is_packed:
        pytest.skip("this build of torch has no oneDNN")
    together, alone = Batch(weights), [Batch(weights) for _ in range(SLOTS)]
    for moves in played:
        for move, row in zip(moves, together.run(moves), strict=True):
            assert torch.equal(row, alone[move.slot].run([move])[0])


def test_a_prefill_of_any_length_meets_few_row_counts(tiny_llama: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every matrix gets 1 to 64 ids in at most twelve row counts, each of which would cost memory of its own."""
    met: set[int] = set()
    write = Projection.write

    def noted(self: Projection, x: torch.Tensor, out: torch.Tensor) -> None:
        met.add(len(x))
        write(self, x, out)

    monkeypatch.setattr(Projection, "write", noted)
    batch = Batch(read_weights(tiny_llama))
    for count in range(1, POSITIONS + 1):
        batch.run([Move(0, 0, count)])
    assert max(met) == POSITIONS
    assert len(met) <= 12


def test_halves_are_computed_in_float32() -> None:
    """A model stored in float16 gives the logits of the same numbers in float32."""
    sizes: dict[str, Any] = {"hidden_size": 32, "intermediate_size": 48, "num_attention_heads": 4}
    config = LlamaConfig(vocab_size=VOCABULARY, num_hidden_layers=2, max_position_embeddings=POSITIONS, **sizes)
    model, weights = models(config, torch.float16)
    batch = Batch(weights)
    (row,) = batch.run([Move(0, 0, 20)])
    with torch.inference_mode():
        assert (row @ weights.head.T - model(batch.texts[:1, :20]).logits[0, -1]).abs().max() < 1e-4


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_other_types_stay_close(dtype: torch.dtype, tiny_llama: Path) -> None:
    """Computed in 16 bits, the best id among many is one of the best in float32."""
    exact, coarse = (Batch(read_weights(tiny_llama, dtype=kind)) for kind in (torch.float32, dtype))
    for moves in ([Move(0, 0, 30)], [Move(0, 99, 1), Move(1, 0, 5)], [Move(0, 99, 1)]):
        logits = [(b.run(moves)[0] @ b.decoder.weights.head.T).float() for b in (exact, coarse)]
        assert (logits[0] - logits[1]).abs().max() < 0.05 * logits[0].abs().max()

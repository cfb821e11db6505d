"""The default engine: a lean streaming decoder for Llama- and Qwen-family checkpoint folders.

Only the rows of the output head that the grammar allows are computed. Held to transformers' logits by a parity test.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heappop, heappush
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor

from solami.errors import ConfigError
from solami.frames import FloatArray
from solami.llm.adapters import Adapter, read_adapter
from solami.llm.checkpoint import DecoderWeights
from solami.llm.decoder import StreamingDecoder
from solami.llm.engine import AdapterId, Legal
from solami.llm.ragged import Segment
from solami.llm.slots import SlotEngine, SlotState
from solami.llm.static_step import Entry, StaticSteps

PREFILL_CHUNK = 256  # bounds the attention mask of a long prompt


class LocalEngine(SlotEngine[int]):
    """Static caches, continuous batching over slots of different lengths; a slot's cache is a row of one pool."""

    def __init__(self, weights: DecoderWeights, *, slots: int = 8, context_tokens: int = 2048) -> None:
        if context_tokens > weights.shape.max_positions:
            raise ConfigError(
                f"context_tokens: got {context_tokens}, the model was built for {weights.shape.max_positions} positions"
            )
        super().__init__(slots=slots, context_tokens=context_tokens, vocab_size=weights.shape.vocab_size)
        self._decoder = StreamingDecoder(weights, context_tokens)
        self._head = weights.head
        self._pool = self._decoder.new_caches(slots)
        self._free = list(range(slots))  # a heap: low rows first keeps static steps small
        self._low_ranks: dict[AdapterId | None, Adapter | None] = {None: None}
        self._steps = StaticSteps(self._decoder, self._pool) if _has_graphs(self._pool) else None
        if self._steps:
            self._steps.prepare()
        else:
            self._decoder.prepare(self._pool[0])

    def close(self, slot: int) -> None:
        """Free the slot and keep its memory for the next one."""
        heappush(self._free, self._state(slot).cache)
        super().close(slot)

    @torch.inference_mode()
    def row(self, slot: int) -> FloatArray | None:
        """The last normed row [D] behind the slot's newest id."""
        state = self._state(slot)
        if state.last is None:
            self._run([state])
        assert state.last is not None, "the slot's pending ids have been run"
        return state.last.float().cpu().numpy().astype("float32")

    @property
    def device(self) -> str:
        """Where it computes."""
        return str(self._pool.device)

    def step_bytes(self, held: int, legal: Legal) -> int:
        """Memory that a step of one slot, which holds so many ids, cannot do without reading."""
        weights, shape = self._decoder.weights, self._decoder.weights.shape
        parts = [part for layer in weights.layers for part in (layer.qkv, layer.out, layer.gate_up, layer.down)]
        numbers = sum(part.inputs * part.outputs for part in parts)
        numbers += shape.hidden * sum(len(span) for span in legal)
        numbers += 2 * shape.layers * shape.kv_heads * shape.head_dim * held
        return numbers * weights.embedding.element_size()

    def _new_cache(self) -> int:
        return heappop(self._free)

    def _read_adapter(self, folder: Path, adapter: AdapterId) -> None:
        self._low_ranks[adapter] = read_adapter(folder, self._decoder.weights)
        if self._steps:
            self._steps.set_adapters([read for read in self._low_ranks.values() if read])
            self._steps.prepare()

    def _run(self, states: Sequence[SlotState[int]]) -> None:
        for state in states:
            while len(state.pending) > PREFILL_CHUNK:
                self._run_batch([state], PREFILL_CHUNK)
        if self._steps and all(len(state.pending) == 1 for state in states):
            entries = [Entry(s.cache, s.ids[-1], s.cached, s.adapter or 0) for s in states]
            self._took(states, [1] * len(states), self._steps.run(entries))
        else:
            self._run_batch(states, PREFILL_CHUNK)

    def _run_batch(self, states: Sequence[SlotState[int]], limit: int) -> None:
        segments = [
            Segment(s.pending[:limit], s.cached, self._pool[s.cache], self._low_ranks[s.adapter]) for s in states
        ]
        self._took(states, [len(segment.ids) for segment in segments], self._decoder.forward(segments))

    def _took(self, states: Sequence[SlotState[int]], counts: Sequence[int], rows: Tensor) -> None:
        for state, count, row in zip(states, counts, rows, strict=True):
            state.cached += count
            state.last = row

    def _logits(self, last: Tensor, legal: Legal) -> Tensor:
        """On the CPU, where ids are drawn: a seed draws the same for every device."""
        parts = [F.linear(last, self._head[span.start : span.stop]) for span in legal]
        return (parts[0] if len(parts) == 1 else torch.cat(parts)).float().cpu()

    def _cut(self, state: SlotState[int], length: int) -> None:
        """Positions behind `cached` are overwritten before they are read."""

    def _close_gap(self, state: SlotState[int], start: int, stop: int) -> None:
        self._decoder.close_gap(self._pool[state.cache], start, stop, state.cached)
        state.cached -= stop - start


def _has_graphs(pool: Tensor) -> bool:
    return pool.is_cuda

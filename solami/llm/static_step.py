"""Steps whose shapes and memory never change, so that a GPU replays each as one CUDA graph.

A step has a row for each of the first caches of a pool; rows that wait write to a place that nobody reads. Launching
some ten kernels a layer one by one costs more than a small batch computes; a graph launches them all at once. The
arithmetic is that of `decoder`; on CPUs the same steps run without a graph, for tests. Matrices of other heights are
summed in another order by GPUs: an id can differ from that of another batch size in the last bits of its logits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from solami.llm.adapters import Adapter, LowRank, Part
from solami.llm.decoder import StreamingDecoder

SMALLEST_WINDOW = 256  # positions


@dataclass(frozen=True, slots=True)
class Entry:
    """One id of one sequence."""

    row: int  # which cache of the pool
    token_id: int
    position: int
    adapter: int = 0  # 0 for none, else 1 + its index among the adapters


@dataclass(frozen=True, slots=True, eq=False)
class _Step:
    """The static inputs of one size and what runs them."""

    ids: Tensor  # [R]
    positions: Tensor  # [R]
    adapters: Tensor  # [R]
    run: Callable[[], Tensor]  # -> [R, D], overwritten by the next run


class StaticSteps:
    """Steps by size: how many rows, and how many positions they look back to."""

    def __init__(self, decoder: StreamingDecoder, pool: Tensor) -> None:
        """Take empty caches [count, layers, 2 G, places, d], the last place of which is for rows that wait."""
        self._decoder, self._pool = decoder, pool.zero_()  # what is masked counts nothing, unless it is no number
        self._steps: dict[tuple[int, int], _Step] = {}
        self._stacked: list[dict[Part, LowRank]] = []
        self._memory = torch.cuda.graph_pool_handle() if pool.is_cuda else None

    @property
    def sizes(self) -> list[tuple[int, int]]:
        """Every pair of rows and window there is."""
        rows = _doubling(1, len(self._pool))
        return [(count, window) for count in rows for window in _doubling(SMALLEST_WINDOW, self._pool.shape[3] - 1)]

    def set_adapters(self, adapters: Sequence[Adapter]) -> None:
        """The adapters that entries may name; steps are made anew."""
        self._steps.clear()
        self._stacked = [_stack([a.layers[i] for a in adapters]) for i in range(len(self._decoder.weights.layers))]

    @torch.inference_mode()
    def prepare(self) -> None:
        """Make the steps of all sizes, so that no user waits for one."""
        for rows, window in self.sizes:
            self._step(rows, window)

    @torch.inference_mode()
    def run(self, entries: Sequence[Entry]) -> Tensor:
        """The normed rows [B, D] of the entries, in new memory; their keys and values are in the pool."""
        rows = next(n for n, _ in self.sizes if n > max(e.row for e in entries))
        window = next(w for _, w in self.sizes if w > max(e.position for e in entries))
        step, device = self._step(rows, window), self._pool.device
        inputs = torch.tensor([[0] * rows, [self._pool.shape[3] - 1] * rows, [0] * rows])
        for entry in entries:
            inputs[:, entry.row] = torch.tensor([entry.token_id, entry.position, entry.adapter])
        for static, fresh in zip((step.ids, step.positions, step.adapters), inputs.to(device), strict=True):
            static.copy_(fresh)
        return step.run()[torch.tensor([e.row for e in entries], device=device)]

    def _step(self, rows: int, window: int) -> _Step:
        if (rows, window) not in self._steps:
            self._steps[rows, window] = self._make(rows, window)
        return self._steps[rows, window]

    def _make(self, rows: int, window: int) -> _Step:
        device, waiting = self._pool.device, self._pool.shape[3] - 1
        ids, adapters = (torch.zeros(rows, dtype=torch.long, device=device) for _ in range(2))
        positions = torch.full((rows,), waiting, device=device)
        space, decoder = self._decoder.space(rows), self._decoder

        def compute() -> Tensor:
            torch.index_select(decoder.weights.embedding, 0, ids, out=space.x)
            aligned = _Aligned(self._pool[:rows], space.heads, space.mixed_heads, positions, window)
            decoder.run_layers(space, decoder.turns[positions], _Rows(aligned, self._stacked, adapters))
            return decoder.last_norm(space.x)

        return _Step(ids, positions, adapters, compute if self._memory is None else self._capture(compute))

    def _capture(self, compute: Callable[[], Tensor]) -> Callable[[], Tensor]:
        """Record the kernels of one run; what libraries set up on first use must not be recorded."""
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            compute()
        torch.cuda.current_stream().wait_stream(stream)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, pool=self._memory):
            out = compute()

        def replay() -> Tensor:
            graph.replay()
            return out

        return replay


class _Aligned:
    """Attention with one query a cache, all over the same window."""

    def __init__(self, caches: Tensor, heads: Tensor, mixed: Tensor, positions: Tensor, window: int) -> None:
        groups = caches.shape[2] // 2
        queries = heads.shape[1] - 2 * groups
        device = caches.device
        self._caches, self._window, self._groups = caches, window, groups
        self._queries = heads[:, :queries].unflatten(1, (groups, -1))  # [R, G, h, d]
        self._fresh, self._mixed = heads[:, queries:], mixed.unflatten(1, (groups, -1))
        places = (torch.arange(len(caches), device=device)[:, None], torch.arange(2 * groups, device=device)[None])
        self._places = (*places, positions[:, None])  # of the new keys and values: row, head, position
        self._mask = (torch.arange(window, device=device) <= positions[:, None])[:, None, None]

    def mix(self, layer: int) -> None:
        cache = self._caches[:, layer]
        cache[self._places] = self._fresh
        seen = cache[:, :, : self._window]
        keys, values = seen[:, : self._groups], seen[:, self._groups :]
        self._mixed.copy_(F.scaled_dot_product_attention(self._queries, keys, values, self._mask))


class _Rows:
    """What the decoder runs through its layers: one row a cache, each with its own adapter."""

    def __init__(self, aligned: _Aligned, stacked: Sequence[Mapping[Part, LowRank]], chosen: Tensor) -> None:
        self._stacked, self._chosen, self.mix = stacked, chosen, aligned.mix

    def adapt(self, layer: int, part: Part, x: Tensor, out: Tensor) -> None:
        low_rank = self._stacked[layer].get(part) if self._stacked else None
        if low_rank is not None:
            narrow = torch.bmm(x[:, None], low_rank.down[self._chosen])
            out.add_(torch.bmm(narrow, low_rank.up[self._chosen])[:, 0])


def _stack(adapters: Sequence[Mapping[Part, LowRank]]) -> dict[Part, LowRank]:
    """One layer's adapters behind each other, the first one empty, all as wide as the widest."""
    stacked: dict[Part, LowRank] = {}
    for part in sorted({part for adapter in adapters for part in adapter}):
        pairs = [adapter.get(part) for adapter in adapters]
        some = next(pair for pair in pairs if pair is not None)
        width = max(pair.down.shape[1] for pair in pairs if pair is not None)
        down = some.down.new_zeros(1 + len(pairs), len(some.down), width)
        up = some.up.new_zeros(1 + len(pairs), width, some.up.shape[1])
        for index, pair in enumerate(pairs, 1):
            if pair is not None:
                down[index, :, : pair.down.shape[1]] = pair.down
                up[index, : len(pair.up)] = pair.up
        stacked[part] = LowRank(down, up)
    return stacked


def _doubling(first: int, last: int) -> list[int]:
    """first, twice that, and so on; the last one ends it."""
    sizes = [first]
    while sizes[-1] < last:
        sizes.append(2 * sizes[-1])
    return [min(size, last) for size in sizes]

"""The streaming forward pass of a Llama- or Qwen-family decoder over static key-value caches.

Several sequences are run in one batch by laying their tokens end to end: matrices see all rows at once, attention sees
one sequence at a time. On CPUs a sequence's rows are the same bit by bit whoever else is in the batch.
Papers: RoFormer https://arxiv.org/abs/2104.09864, GQA https://arxiv.org/abs/2305.13245.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor

from solami.llm.adapters import LayerAdapter, LowRank
from solami.llm.checkpoint import DecoderWeights, LayerWeights
from solami.llm.projections import MIN_PACKED_ROWS
from solami.llm.rotary import turn_table
from solami.llm.workspace import Attention, Segment, Workspace, row_ranges

SPACES = 16  # row counts whose buffers are kept
Adapters = Sequence[tuple[slice, LayerAdapter]]  # of the rows that have one


class StreamingDecoder:
    """Weights and tables; all state is in the caches it is given."""

    def __init__(self, weights: DecoderWeights, positions: int) -> None:
        """Prepare for caches of `positions` positions."""
        self.weights, self._positions = weights, positions
        shape, self._device = weights.shape, weights.embedding.device
        unit_turns = turn_table(shape.rope, shape.head_dim, positions).to(self._device)
        self._unit_turns = unit_turns.to(torch.complex64)
        self._turns = (unit_turns * shape.rope.strength).to(torch.complex64)[:, None]  # [P, 1, d / 2]
        self._space = lru_cache(SPACES)(lambda rows: Workspace(shape, rows, weights.embedding))

    def new_caches(self, count: int) -> Tensor:
        """Room for `count` sequences [count, layers, 2 G, positions, d]; memory is claimed as it is written."""
        shape = self.weights.shape
        return self.weights.embedding.new_empty(
            (count, shape.layers, 2 * shape.kv_heads, self._positions, shape.head_dim)
        )

    @torch.inference_mode()
    def close_gap(self, cache: Tensor, start: int, stop: int, filled: int) -> None:
        """Move positions `stop` to `filled` of a cache down to `start`; their keys are turned back as far."""
        moved = cache[:, :, stop:filled].clone()
        keys = moved[:, : self.weights.shape.kv_heads]
        pairs = torch.view_as_complex(keys.float().unflatten(-1, (-1, 2)))
        keys.copy_(torch.view_as_real(pairs * self._unit_turns[stop - start].conj()).flatten(-2))
        cache[:, :, start : start + filled - stop] = moved

    @torch.inference_mode()
    def forward(self, segments: Sequence[Segment]) -> Tensor:
        """Run the new tokens, write their keys and values, return the normed last row [B, D] of each sequence."""
        ids = [i for s in segments for i in s.ids]
        ids += [0] * (MIN_PACKED_ROWS - len(ids))  # a dummy row beside a single one
        space = self._space(len(ids))
        torch.index_select(self.weights.embedding, 0, torch.tensor(ids, device=self._device), out=space.x)
        parts = [self._turns[s.start : s.start + len(s.ids)] for s in segments]
        turns = parts[0] if len(parts) == 1 else torch.cat(parts)  # [N, 1, d / 2]; one row serves the dummy, too
        rows, attentions = list(row_ranges(segments)), space.attentions(segments)
        adapted = [(part, s.adapter) for part, s in zip(rows, segments, strict=True) if s.adapter]
        for index, layer in enumerate(self.weights.layers):
            adapters = [(part, adapter.layers[index]) for part, adapter in adapted]
            self._attend(space, layer, adapters, turns, attentions, index)
            self._feed_forward(space, layer, adapters)
        ends = torch.tensor([part.stop - 1 for part in rows], device=self._device)
        return F.rms_norm(space.x[ends], (self.weights.shape.hidden,), self.weights.norm, self.weights.shape.eps)

    def _attend(
        self,
        space: Workspace,
        layer: LayerWeights,
        adapters: Adapters,
        turns: Tensor,
        attentions: Sequence[Attention],
        index: int,
    ) -> None:
        """Add to every row what its sequence's attention gives."""
        self._norm(space)
        layer.qkv.write(space.normed, space.qkv)
        _adapt(space.normed, [(rows, adapter.qkv) for rows, adapter in adapters], space.qkv)
        self._turn(space, layer.qk_norm, turns)
        for views in attentions:
            views.places[index].copy_(views.fresh)
            # The query heads of a group stand in the place of query positions, so keys and values are not copied.
            queries = views.queries.flatten(1, 2)[None]
            mixed = F.scaled_dot_product_attention(queries, views.keys[index], views.values[index], views.mask)
            views.mixed.copy_(mixed.view(views.mixed.shape))
        layer.out.add(space.mixed, space.x)
        _adapt(space.mixed, [(rows, adapter.out) for rows, adapter in adapters], space.x)

    def _feed_forward(self, space: Workspace, layer: LayerWeights, adapters: Adapters) -> None:
        """Add to every row what the gated layer gives."""
        self._norm(space)
        layer.gate_up.write(space.normed, space.gate_up)
        _adapt(space.normed, [(rows, adapter.gate_up) for rows, adapter in adapters], space.gate_up)
        # The windows have gaps between rows, so each row is computed as it would be alone.
        torch.mul(torch.ops.aten.silu.out(space.gate, out=space.wide), space.up, out=space.wide)
        layer.down.add(space.wide, space.x)
        _adapt(space.wide, [(rows, adapter.down) for rows, adapter in adapters], space.x)

    def _norm(self, space: Workspace) -> None:
        """x -> normed, scales left to the matrix behind; F.rms_norm takes twice the time for one row."""
        x = space.x.float()
        torch.mul(x, x, out=space.squares)
        torch.mean(space.squares, -1, keepdim=True, out=space.rate)
        torch.mul(x, space.rate.add_(self.weights.shape.eps).rsqrt_(), out=space.normed)

    def _turn(self, space: Workspace, qk_norm: Tensor | None, turns: Tensor) -> None:
        """Rotary position embedding of queries and keys, whose pairs lie beside each other."""
        if qk_norm is not None:
            normed = F.rms_norm(space.qk, space.qk.shape[-1:], None, self.weights.shape.eps)
            torch.mul(normed, qk_norm, out=space.qk)
        if space.turned is not space.qk:
            space.turned.copy_(space.qk)
        torch.mul(space.pairs, turns, out=space.pairs)
        if space.turned is not space.qk:
            space.qk.copy_(space.turned)


def _adapt(x: Tensor, parts: Sequence[tuple[slice, LowRank | None]], out: Tensor) -> None:
    """Add what each sequence's adapter makes of its rows of x."""
    for rows, low_rank in parts:
        if low_rank is not None:
            out[rows].addmm_(x[rows] @ low_rank.down, low_rank.up)

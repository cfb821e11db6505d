"""The streaming forward pass of a Llama- or Qwen-family decoder over static key-value caches.

Several sequences are run in one batch by laying their tokens end to end: matrices see all rows at once, attention sees
one sequence at a time. Papers: RoFormer https://arxiv.org/abs/2104.09864, GQA https://arxiv.org/abs/2305.13245.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from solami.llm.checkpoint import DecoderWeights, LayerWeights


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """New tokens of one sequence."""

    ids: Sequence[int]
    start: int  # position of the first one
    cache: Tensor  # [layers, 2 G, positions, d]: keys of G heads, then their values


class StreamingDecoder:
    """Weights and tables; all state is in the caches it is given."""

    def __init__(self, weights: DecoderWeights, positions: int) -> None:
        self.weights = weights
        shape = weights.shape
        self._q_heads, self._kv_heads, self._head_dim = shape.heads, shape.kv_heads, shape.head_dim
        self._turned = (shape.heads + shape.kv_heads) * shape.head_dim
        self._positions = positions
        rates = shape.rope_theta ** (-torch.arange(0, shape.head_dim, 2).double() / shape.head_dim)
        angles = torch.arange(positions).double()[:, None] * rates
        self._turns = torch.polar(torch.ones_like(angles), angles).to(weights.embedding.device, torch.complex64)

    def new_cache(self) -> Tensor:
        """Room for one sequence; memory is claimed as it is written."""
        embedding = self.weights.embedding
        sizes = (self.weights.shape.layers, 2 * self._kv_heads, self._positions, self._head_dim)
        return torch.empty(sizes, dtype=embedding.dtype, device=embedding.device)

    def close_gap(self, cache: Tensor, start: int, stop: int, filled: int) -> None:
        """Move positions `stop` to `filled` of a cache down to `start`; their keys are turned back as far."""
        moved = cache[:, :, stop:filled].clone()
        keys = moved[:, : self._kv_heads]
        keys.copy_(self._turn(keys, self._turns[stop - start].conj()))
        cache[:, :, start : start + filled - stop] = moved

    def forward(self, segments: Sequence[Segment]) -> Tensor:
        """Run the new tokens, write their keys and values, return the normed last row [B, D] of each sequence."""
        eps = self.weights.shape.eps
        device = self.weights.embedding.device
        x = F.embedding(torch.tensor([i for s in segments for i in s.ids], device=device), self.weights.embedding)
        parts = [self._turns[s.start : s.start + len(s.ids)] for s in segments]
        turns = (parts[0] if len(parts) == 1 else torch.cat(parts))[:, None]  # [N, 1, d / 2]
        masks = [self._mask(s) for s in segments]
        size = x.shape[-1:]
        for index, layer in enumerate(self.weights.layers):
            mixed = self._attention(F.rms_norm(x, size, None, eps), turns, layer, index, segments, masks)
            x = torch.addmm(x, mixed, layer.out.t())
            gate, up = F.linear(F.rms_norm(x, size, None, eps), layer.gate_up).chunk(2, dim=-1)
            x = torch.addmm(x, F.silu(gate).mul_(up), layer.down.t())
        ends = torch.tensor([len(s.ids) for s in segments], device=device).cumsum(0) - 1
        return F.rms_norm(x[ends], size, self.weights.norm, eps)

    def _attention(
        self,
        x: Tensor,
        turns: Tensor,
        layer: LayerWeights,
        index: int,
        segments: Sequence[Segment],
        masks: Sequence[Tensor | None],
    ) -> Tensor:
        """Normed rows [N, D] -> mixed values [N, H d]."""
        rows = len(x)
        qkv = F.linear(x, layer.qkv, layer.qkv_bias)
        qk = qkv[:, : self._turned].view(rows, -1, self._head_dim)
        if layer.qk_norm is not None:
            qk = F.rms_norm(qk, qk.shape[-1:], None, self.weights.shape.eps) * layer.qk_norm
        qk = self._turn(qk, turns)
        values = qkv[:, self._turned :].view(rows, self._kv_heads, self._head_dim)
        if len(segments) == 1:
            return self._attend(qk, values, segments[0], masks[0], index)
        mixed, row = [], 0
        for segment, mask in zip(segments, masks, strict=True):
            stop = row + len(segment.ids)
            mixed.append(self._attend(qk[row:stop], values[row:stop], segment, mask, index))
            row = stop
        return torch.cat(mixed)

    def _turn(self, qk: Tensor, turns: Tensor) -> Tensor:
        """Rotary position embedding of [..., d] whose pairs lie beside each other."""
        pairs = torch.view_as_complex(qk.float().unflatten(-1, (-1, 2)))
        return torch.view_as_real(pairs * turns).flatten(-2).to(qk.dtype)

    def _attend(self, qk: Tensor, values: Tensor, segment: Segment, mask: Tensor | None, index: int) -> Tensor:
        """One sequence: append keys and values [n, G, d] to the cache, attend with the queries [n, H, d]."""
        count, stop = len(qk), segment.start + len(qk)
        cache = segment.cache[index]
        cache[: self._kv_heads, segment.start : stop] = qk[:, self._q_heads :].transpose(0, 1)
        cache[self._kv_heads :, segment.start : stop] = values.transpose(0, 1)
        seen = cache[None, :, :stop]
        # The query heads of a group stand in the place of query positions, so keys and values are not copied.
        queries = qk[:, : self._q_heads].unflatten(1, (self._kv_heads, -1)).permute(1, 2, 0, 3).flatten(1, 2)
        mixed = F.scaled_dot_product_attention(
            queries[None], seen[:, : self._kv_heads], seen[:, self._kv_heads :], mask
        )
        rows: Tensor = mixed[0].unflatten(1, (-1, count)).permute(2, 0, 1, 3).flatten(1)
        return rows

    def _mask(self, segment: Segment) -> Tensor | None:
        """Which positions each query may see [H / G * n, stop]; None for a single token, which sees all."""
        count = len(segment.ids)
        if count == 1:
            return None
        device = self.weights.embedding.device
        seen = torch.ones(count, segment.start + count, dtype=torch.bool, device=device).tril(segment.start)
        return seen.repeat(self._q_heads // self._kv_heads, 1)

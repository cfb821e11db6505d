"""The streaming forward pass of a Llama- or Qwen-family decoder over static key-value caches.

Several sequences are run in one batch by laying their tokens end to end: matrices see all rows at once, attention sees
one sequence at a time. On CPUs a sequence's rows are the same bit by bit whoever else is in the batch.
Papers: RoFormer https://arxiv.org/abs/2104.09864, GQA https://arxiv.org/abs/2305.13245.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor

from solami.llm.adapters import Part
from solami.llm.checkpoint import DecoderWeights
from solami.llm.projections import ROW_COUNTS, padded_rows
from solami.llm.ragged import Ragged, Segment
from solami.llm.rotary import turn_table
from solami.llm.workspace import Workspace


class Sequences(Protocol):
    """What the rows belong to: caches to look into and adapters to add."""

    def mix(self, layer: int) -> None:
        """Keep the new keys and values of a layer; attend, and write the result to the workspace."""

    def adapt(self, layer: int, part: Part, x: Tensor, out: Tensor) -> None:
        """Add to `out` what the adapters of the rows make of x."""


class StreamingDecoder:
    """Weights and tables; all state is in the caches it is given."""

    def __init__(self, weights: DecoderWeights, positions: int) -> None:
        """Prepare for sequences of `positions` tokens; caches have one place more, for rows that wait."""
        self.weights, self._places = weights, positions + 1
        shape, self._device = weights.shape, weights.embedding.device
        unit_turns = turn_table(shape.rope, shape.head_dim, self._places).to(self._device)
        self._unit_turns = unit_turns.to(torch.complex64)
        self.turns = (unit_turns * shape.rope.strength).to(torch.complex64)[:, None]  # [P, 1, d / 2]
        self.space = lru_cache(len(ROW_COUNTS))(lambda rows: Workspace(shape, rows, weights.embedding))

    def new_caches(self, count: int) -> Tensor:
        """Room for `count` sequences [count, layers, 2 G, positions, d]; memory is claimed as it is written."""
        shape = self.weights.shape
        return self.weights.embedding.new_empty((count, shape.layers, 2 * shape.kv_heads, self._places, shape.head_dim))

    @torch.inference_mode()
    def prepare(self, cache: Tensor) -> None:
        """Meet every row count once, so that no turn waits for a kernel or grows the process; writes to the cache."""
        for rows in ROW_COUNTS:
            if rows < self._places:
                self.forward([Segment([0] * rows, 0, cache)])

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
        dummies = padded_rows(len(ids)) - len(ids)
        space = self.space(len(ids) + dummies)
        ids += [0] * dummies
        torch.index_select(self.weights.embedding, 0, torch.tensor(ids, device=self._device), out=space.x)
        parts = [self.turns[s.start : s.start + len(s.ids)] for s in segments] + [self.turns[:dummies]]
        ragged = Ragged(space, segments)
        self.run_layers(space, torch.cat(parts), ragged)
        return self.last_norm(space.x[torch.tensor([rows.stop - 1 for rows in ragged.rows], device=self._device)])

    def run_layers(self, space: Workspace, turns: Tensor, sequences: Sequences) -> None:
        """Take space.x [N, D] through all layers; turns [N, 1, d / 2] are those of the rows' positions."""
        for index, layer in enumerate(self.weights.layers):
            self._norm(space)
            layer.qkv.write(space.normed, space.qkv)
            sequences.adapt(index, "qkv", space.normed, space.qkv)
            self._turn(space, layer.qk_norm, turns)
            sequences.mix(index)
            layer.out.add(space.mixed, space.x)
            sequences.adapt(index, "out", space.mixed, space.x)
            self._norm(space)
            layer.gate_up.write(space.normed, space.gate_up)
            sequences.adapt(index, "gate_up", space.normed, space.gate_up)
            # The windows have gaps between rows, so each row is computed as it would be alone.
            torch.mul(torch.ops.aten.silu.out(space.gate, out=space.wide), space.up, out=space.wide)
            layer.down.add(space.wide, space.x)
            sequences.adapt(index, "down", space.wide, space.x)

    def last_norm(self, x: Tensor) -> Tensor:
        """[B, D] as the output head wants it, in new memory."""
        return F.rms_norm(x, x.shape[-1:], self.weights.norm, self.weights.shape.eps)

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

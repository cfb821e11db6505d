"""The buffers of one forward pass and the windows into them; kept for a number of rows, so a step allocates little.

Knows no weights: what is computed in the buffers is the decoder's.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from solami.llm.adapters import Adapter
from solami.llm.shape import DecoderShape


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """New tokens of one sequence."""

    ids: Sequence[int]
    start: int  # position of the first one
    cache: Tensor  # [layers, 2 G, positions, d]: keys of G heads, then their values
    adapter: Adapter | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Attention:
    """One sequence's windows into the buffers and, for every layer, into its cache. h = H / G heads share keys."""

    queries: Tensor  # [G, h, n, d]
    fresh: Tensor  # [2 G, n, d]: new keys and values
    places: tuple[Tensor, ...]  # [2 G, n, d]: where those go
    keys: tuple[Tensor, ...]  # [1, G, T, d]: all up to the last new one
    values: tuple[Tensor, ...]  # [1, G, T, d]
    mixed: Tensor  # [G, h, n, d]: where the result goes
    mask: Tensor | None  # [h n, T], True where a query may look; None for a single token, which sees all


class Workspace:
    """Buffers for N rows."""

    def __init__(self, shape: DecoderShape, rows: int, like: Tensor) -> None:
        """Buffers of the dtype and on the device of `like`."""
        self._shape = shape
        heads, width, both = shape.heads, shape.head_dim, shape.heads + 2 * shape.kv_heads
        self.x = like.new_empty(rows, shape.hidden)  # what layers add to
        self.normed = like.new_empty(rows, shape.hidden)
        self.qkv = like.new_empty(rows, both * width)
        self.mixed = like.new_empty(rows, heads * width)
        self.gate_up = like.new_empty(rows, 2 * shape.intermediate)
        self.wide = like.new_empty(rows, shape.intermediate)
        self.squares = like.new_empty((rows, shape.hidden), dtype=torch.float32)
        self.rate = like.new_empty((rows, 1), dtype=torch.float32)
        self.gate, self.up = self.gate_up.chunk(2, dim=-1)
        self._heads = self.qkv.view(rows, both, width)
        self.qk = self._heads[:, : heads + shape.kv_heads]
        is_float = like.dtype == torch.float32  # complex numbers have no halves of 16 bits
        self.turned = self.qk if is_float else like.new_empty(self.qk.shape, dtype=torch.float32)
        self.pairs = torch.view_as_complex(self.turned.unflatten(-1, (-1, 2)))  # [N, H + G, d / 2]
        self._mixed = self.mixed.view(rows, heads, width)

    def attentions(self, segments: Sequence[Segment]) -> list[Attention]:
        """One a segment."""
        return [self._attention(s, rows) for s, rows in zip(segments, row_ranges(segments), strict=True)]

    def _attention(self, segment: Segment, rows: slice) -> Attention:
        groups, heads, cache = self._shape.kv_heads, self._shape.heads, segment.cache
        stop = segment.start + len(segment.ids)
        seen = cache[:, None, :, :stop]
        return Attention(
            queries=_by_group(self._heads[rows, :heads], groups),
            fresh=self._heads[rows, heads:].transpose(0, 1),
            places=cache[:, :, segment.start : stop].unbind(),
            keys=seen[:, :, :groups].unbind(),
            values=seen[:, :, groups:].unbind(),
            mixed=_by_group(self._mixed[rows], groups),
            mask=_mask(segment, heads // groups),
        )


def row_ranges(segments: Sequence[Segment]) -> Iterator[slice]:
    """The rows of each segment, laid end to end."""
    stop = 0
    for segment in segments:
        start, stop = stop, stop + len(segment.ids)
        yield slice(start, stop)


def _by_group(heads: Tensor, groups: int) -> Tensor:
    """[n, H, d] -> [G, h, n, d], nothing copied."""
    return heads.unflatten(1, (groups, -1)).permute(1, 2, 0, 3)


def _mask(segment: Segment, sharing: int) -> Tensor | None:
    count = len(segment.ids)
    if count == 1:
        return None
    sizes = (count, segment.start + count)
    return torch.ones(sizes, dtype=torch.bool, device=segment.cache.device).tril(segment.start).repeat(sharing, 1)

"""New tokens of several sequences laid end to end: each looks into its own cache and adds its own adapter.

For any mix of prefills and steps; `static_step` is for steps alone, on GPUs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from solami.llm.adapters import Adapter, Part
from solami.llm.workspace import Workspace


@dataclass(frozen=True, slots=True, eq=False)
class Segment:
    """New tokens of one sequence."""

    ids: Sequence[int]
    start: int  # position of the first one
    cache: Tensor  # [layers, 2 G, positions, d]: keys of G heads, then their values
    adapter: Adapter | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """One sequence's windows into the buffers and, for every layer, into its cache. h = H / G heads share keys."""

    queries: Tensor  # [G, h, n, d]
    fresh: Tensor  # [2 G, n, d]: new keys and values
    places: tuple[Tensor, ...]  # [2 G, n, d]: where those go
    keys: tuple[Tensor, ...]  # [1, G, T, d]: all up to the last new one
    values: tuple[Tensor, ...]  # [1, G, T, d]
    mixed: Tensor  # [G, h, n, d]: where the result goes
    mask: Tensor | None  # [h n, T], True where a query may look; None for a single token, which sees all


class Ragged:
    """The sequences of one forward pass over a workspace that has a row for every id."""

    def __init__(self, space: Workspace, segments: Sequence[Segment]) -> None:
        """Find each sequence's rows and windows."""
        self.rows = list(row_ranges(segments))
        self.windows = [_windows(space, s, rows) for s, rows in zip(segments, self.rows, strict=True)]
        self._adapted = [(rows, s.adapter) for s, rows in zip(segments, self.rows, strict=True) if s.adapter]

    def mix(self, layer: int) -> None:
        """Keep the new keys and values of a layer; attend, and write the result to the workspace."""
        for windows in self.windows:
            windows.places[layer].copy_(windows.fresh)
            # The query heads of a group stand in the place of query positions, so keys and values are not copied.
            queries = windows.queries.flatten(1, 2)[None]
            mixed = F.scaled_dot_product_attention(queries, windows.keys[layer], windows.values[layer], windows.mask)
            windows.mixed.copy_(mixed.view(windows.mixed.shape))

    def adapt(self, layer: int, part: Part, x: Tensor, out: Tensor) -> None:
        """Add to `out` what each sequence's adapter makes of its rows of x."""
        for rows, adapter in self._adapted:
            low_rank = adapter.layers[layer].get(part)
            if low_rank is not None:
                out[rows].addmm_(x[rows] @ low_rank.down, low_rank.up)


def row_ranges(segments: Sequence[Segment]) -> Iterator[slice]:
    """The rows of each segment, laid end to end."""
    stop = 0
    for segment in segments:
        start, stop = stop, stop + len(segment.ids)
        yield slice(start, stop)


def _windows(space: Workspace, segment: Segment, rows: slice) -> Windows:
    groups, heads, cache = space.shape.kv_heads, space.shape.heads, segment.cache
    stop = segment.start + len(segment.ids)
    seen = cache[:, None, :, :stop]
    return Windows(
        queries=_by_group(space.heads[rows, :heads], groups),
        fresh=space.heads[rows, heads:].transpose(0, 1),
        places=cache[:, :, segment.start : stop].unbind(),
        keys=seen[:, :, :groups].unbind(),
        values=seen[:, :, groups:].unbind(),
        mixed=_by_group(space.mixed_heads[rows], groups),
        mask=_mask(segment, heads // groups),
    )


def _by_group(heads: Tensor, groups: int) -> Tensor:
    """[n, H, d] -> [G, h, n, d], nothing copied."""
    return heads.unflatten(1, (groups, -1)).permute(1, 2, 0, 3)


def _mask(segment: Segment, sharing: int) -> Tensor | None:
    count = len(segment.ids)
    if count == 1:
        return None
    sizes = (count, segment.start + count)
    return torch.ones(sizes, dtype=torch.bool, device=segment.cache.device).tril(segment.start).repeat(sharing, 1)

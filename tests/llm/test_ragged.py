"""The windows of each sequence lie where its rows lie, and see what they may."""

from pathlib import Path

import torch

from solami.llm.ragged import Ragged, Segment, row_ranges
from solami.llm.shape import read_shape
from solami.llm.workspace import Workspace


def test_rows_lie_end_to_end() -> None:
    """Each segment has as many rows as ids, in order."""
    cache = torch.zeros(2, 4, 16, 8)
    segments = [Segment([1, 2, 3], 0, cache), Segment([4], 5, cache)]
    assert list(row_ranges(segments)) == [slice(0, 3), slice(3, 4)]


def test_windows_share_memory_with_buffers_and_cache(tiny_llama: Path) -> None:
    """Writing into a window reaches the rows of its sequence and the places in its cache, and no others."""
    shape, cache = read_shape(tiny_llama), torch.zeros(2, 4, 16, 8)
    space = Workspace(shape, 5, torch.empty(0))
    for buffer in (space.qkv, space.mixed):
        buffer.zero_()
    _, second = Ragged(space, [Segment([1, 2], 0, cache), Segment([3, 4, 5], 6, cache)]).windows
    second.queries.fill_(1), second.fresh.fill_(2), second.mixed.fill_(3)
    assert space.qkv[:2].abs().sum() == 0 and space.mixed[:2].abs().sum() == 0
    assert (space.qkv[2:, :32] == 1).all() and (space.qkv[2:, 32:] == 2).all() and (space.mixed[2:] == 3).all()
    second.places[1].copy_(second.fresh)
    assert (cache[1, :, 6:9] == 2).all() and cache.sum() == 2 * 4 * 3 * 8
    assert second.keys[1].shape == second.values[1].shape == (1, 2, 9, 8)


def test_a_query_sees_what_came_before_it(tiny_llama: Path) -> None:
    """New tokens see the cache and each other up to themselves; heads that share keys see the same; one sees all."""
    cache = torch.zeros(2, 4, 16, 8)
    space = Workspace(read_shape(tiny_llama), 3, torch.empty(0))
    first, second = Ragged(space, [Segment([1, 2], 3, cache), Segment([1], 3, cache)]).windows
    assert second.mask is None and first.mask is not None
    assert first.mask.tolist() == [[True] * 4 + [False], [True] * 5] * 2

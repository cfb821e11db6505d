"""Buffers and the windows on them share memory, whatever the type."""

from pathlib import Path

import pytest
import torch

from solami.llm.shape import read_shape
from solami.llm.workspace import Workspace


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_windows_share_memory_with_their_buffers(tiny_llama: Path, dtype: torch.dtype) -> None:
    """Heads are windows on the fused row; turning is done in float32, in place where that is the type."""
    space = Workspace(read_shape(tiny_llama), 3, torch.empty(0, dtype=dtype))
    for buffer in (space.qkv, space.mixed, space.gate_up):
        buffer.zero_()
    space.qk.fill_(1), space.mixed_heads.fill_(2), space.up.fill_(3)
    assert (space.qkv[:, :48] == 1).all() and (space.qkv[:, 48:] == 0).all()
    assert (space.mixed == 2).all() and (space.gate == 0).all() and (space.gate_up[:, 48:] == 3).all()
    assert space.turned.dtype == torch.float32 and (space.turned is space.qk) == (dtype == torch.float32)
    assert space.pairs.shape == (3, 6, 4)

"""The buffers of one forward pass, kept for a number of rows so that a step allocates little. Knows no weights."""

from __future__ import annotations

import torch
from torch import Tensor

from solami.llm.shape import DecoderShape


class Workspace:
    """Buffers for N rows."""

    def __init__(self, shape: DecoderShape, rows: int, like: Tensor) -> None:
        """Buffers of the dtype and on the device of `like`."""
        self.shape = shape
        width, both = shape.head_dim, shape.heads + 2 * shape.kv_heads
        self.x = like.new_empty(rows, shape.hidden)  # what layers add to
        self.normed = like.new_empty(rows, shape.hidden)
        self.squares = like.new_empty((rows, shape.hidden), dtype=torch.float32)
        self.rate = like.new_empty((rows, 1), dtype=torch.float32)
        self.qkv = like.new_empty(rows, both * width)
        self.heads = self.qkv.view(rows, both, width)  # queries, keys, values
        self.qk = self.heads[:, : shape.heads + shape.kv_heads]
        is_float = like.dtype == torch.float32  # complex numbers have no halves of 16 bits
        self.turned = self.qk if is_float else like.new_empty(self.qk.shape, dtype=torch.float32)
        self.pairs = torch.view_as_complex(self.turned.unflatten(-1, (-1, 2)))  # [N, H + G, d / 2]
        self.mixed = like.new_empty(rows, shape.heads * width)
        self.mixed_heads = self.mixed.view(rows, shape.heads, width)
        self.gate_up = like.new_empty(rows, 2 * shape.intermediate)
        self.gate, self.up = self.gate_up.chunk(2, dim=-1)
        self.wide = like.new_empty(rows, shape.intermediate)

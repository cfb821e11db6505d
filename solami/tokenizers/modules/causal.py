"""Causal convolutions that run whole or in chunks with the same result.

Pass a `StreamState` to run in chunks: each layer keeps the inputs its next call must see. Chunk lengths must be
multiples of the total stride. Without a state the past is zeros, which is also where a fresh state starts.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class StreamState:
    """The left context of every causal layer of one running stream."""

    def __init__(self) -> None:
        self._past: dict[int, Tensor] = {}

    def extend(self, layer: nn.Module, x: Tensor, length: int) -> Tensor:
        """Put the layer's `length` past inputs before x [B, C, T] and remember the newest ones."""
        past = self._past.get(id(layer))
        x = F.pad(x, (length, 0)) if past is None else torch.cat([past, x], dim=-1)
        self._past[id(layer)] = x[..., x.shape[-1] - length :].clone()
        return x

    def repeated(self, count: int) -> StreamState:
        """The state of each stream `count` times."""
        copy = StreamState()
        copy._past = {layer: past.repeat_interleave(count, dim=0) for layer, past in self._past.items()}
        return copy

    def rows(self, chosen: Tensor) -> StreamState:
        """The state of some of the streams."""
        copy = StreamState()
        copy._past = {layer: past[chosen] for layer, past in self._past.items()}
        return copy


class CausalConv1d(nn.Conv1d):
    """Conv1d that sees only the past: T inputs give T / stride outputs.

    A stride s makes output i depend on inputs up to i * s + s - 1, so nothing waits beyond its own stride.
    """

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: int, stride: int = 1, dilation: int = 1, groups: int = 1
    ):
        super().__init__(in_channels, out_channels, kernel_size, stride=stride, dilation=dilation, groups=groups)
        self.left = (kernel_size - 1) * dilation + 1 - stride
        assert self.left >= 0, "kernel shorter than stride"

    def forward(self, x: Tensor, state: StreamState | None = None) -> Tensor:
        """x [B, C, T] -> [B, C', T / stride]."""
        x = F.pad(x, (self.left, 0)) if state is None else state.extend(self, x, self.left)
        return super().forward(x)

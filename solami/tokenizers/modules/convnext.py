"""Causal ConvNeXt blocks (https://arxiv.org/abs/2201.03545) over [B, C, T], with optional voice conditioning."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from solami.tokenizers.modules.causal import CausalConv1d, StreamState


class ConvNeXtBlock(nn.Module):
    """Depthwise causal convolution, then a pointwise MLP with a residual.

    With `voice_dim` the normalised features are scaled and shifted by the voice (FiLM, https://arxiv.org/abs/1709.07871).
    """

    def __init__(self, width: int, kernel_size: int = 7, expansion: int = 3, voice_dim: int = 0) -> None:
        super().__init__()
        self.depthwise = CausalConv1d(width, width, kernel_size, groups=width)
        self.norm = nn.LayerNorm(width)
        self.expand = nn.Linear(width, width * expansion)
        self.contract = nn.Linear(width * expansion, width)
        self.drop = nn.Dropout(0.0)  # training may raise it
        self.gain = nn.Parameter(torch.full((width,), 0.1))
        self.film = nn.Linear(voice_dim, 2 * width) if voice_dim else None

    def forward(self, x: Tensor, voice: Tensor | None = None, state: StreamState | None = None) -> Tensor:
        """x [B, C, T], voice [B, D] -> [B, C, T]."""
        y = self.norm(self.depthwise(x, state).transpose(1, 2))
        if self.film is not None:
            assert voice is not None
            scale, shift = self.film(voice)[:, None].chunk(2, dim=-1)
            y = y * (1 + scale) + shift
        y = self.contract(self.drop(nn.functional.gelu(self.expand(y), approximate="tanh")))
        return x + (y * self.gain).transpose(1, 2)

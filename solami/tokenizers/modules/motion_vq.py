"""A causal VQ autoencoder over feature frames, four a code (https://arxiv.org/abs/1711.00937). Knows no skeleton.

Everything before and after the codebook runs at the code rate except two refining convolutions, so a step is cheap.
Feature frames are [B, D, T]; codes are [B, K, T / 4].
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from einops import rearrange
from pydantic import Field
from torch import Tensor, nn
from vector_quantize_pytorch import ResidualVQ

from solami.strict import Strict
from solami.tokenizers.modules.causal import CausalConv1d, StreamState

STRIDE = 4


class MotionNetConfig(Strict):
    """One part's network."""

    codebook_size: int = Field(512, gt=1, description="entries of a codebook")
    num_codebooks: int = Field(1, gt=0, description="residual codebooks")
    latent_dim: int = Field(48, gt=0, description="numbers in a code vector")
    dead_below: float = Field(0.2, ge=0, description="hits a training step under which an entry is put elsewhere")
    width: int = Field(176, gt=0, description="channels at the code rate")
    refine_width: int = Field(96, gt=0, description="channels at the pose rate")
    dilations: tuple[int, ...] = Field((1, 2, 3), description="of the residual blocks, in encoder and decoder alike")


class ResidualBlock(nn.Module):
    """Two convolutions, the first dilated, with a skip."""

    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.mix = CausalConv1d(width, width, 3, dilation=dilation)
        self.out = nn.Conv1d(width, width, 1)
        self.gain = nn.Parameter(torch.full((width, 1), 0.3))

    def forward(self, x: Tensor, state: StreamState | None = None) -> Tensor:
        """x [B, C, T] -> [B, C, T]."""
        return x + self.gain * self.out(F.gelu(self.mix(F.gelu(x), state)))


class MotionNet(nn.Module):
    """Encoder, codebooks and decoder of one part of the body."""

    mean: Tensor
    scale: Tensor

    def __init__(self, dim: int, config: MotionNetConfig) -> None:
        super().__init__()
        width, refine = config.width, config.refine_width
        self.codebook_size, self.num_codebooks = config.codebook_size, config.num_codebooks
        self.register_buffer("mean", torch.zeros(dim, 1))
        self.register_buffer("scale", torch.ones(dim, 1))
        self.read = CausalConv1d(dim, width, 2 * STRIDE, stride=STRIDE)
        self.encoder_blocks = nn.ModuleList(ResidualBlock(width, d) for d in config.dilations)
        self.to_latent = nn.Conv1d(width, config.latent_dim, 1)
        self.quantizer = ResidualVQ(
            dim=config.latent_dim,
            num_quantizers=config.num_codebooks,
            codebook_size=config.codebook_size,
            decay=0.95,
            kmeans_init=True,
            threshold_ema_dead_code=config.dead_below,
            commitment_weight=0.5,
        )
        self.from_latent = CausalConv1d(config.latent_dim, width, 3)
        self.decoder_blocks = nn.ModuleList(ResidualBlock(width, d) for d in config.dilations)
        self.spread = nn.Conv1d(width, refine * STRIDE, 1)
        self.refine = CausalConv1d(refine, refine, 5)
        self.write = CausalConv1d(refine, dim, 5)

    def latents(self, frames: Tensor, state: StreamState | None = None) -> Tensor:
        """Feature frames [B, D, T] -> latents [B, L, T / 4]."""
        x = self.read(((frames - self.mean) / self.scale).clamp(-8, 8), state)
        for block in self.encoder_blocks:
            x = block(x, state)
        return self.to_latent(F.gelu(x))

    def quantize(self, latents: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Latents [B, L, T] -> code vectors [B, L, T], codes [B, K, T], the commitment loss."""
        vectors, codes, losses = self.quantizer(rearrange(latents, "b l t -> b t l"))
        return rearrange(vectors, "b t l -> b l t"), rearrange(codes, "b t k -> b k t"), losses.sum()

    def vectors(self, codes: Tensor) -> Tensor:
        """Codes [B, K, T] -> code vectors [B, L, T]."""
        return rearrange(self.quantizer.get_output_from_indices(rearrange(codes, "b k t -> b t k")), "b t l -> b l t")

    def frames(self, vectors: Tensor, state: StreamState | None = None) -> Tensor:
        """Code vectors [B, L, T] -> feature frames [B, D, 4 T]."""
        x = self.from_latent(vectors, state)
        for block in self.decoder_blocks:
            x = block(x, state)
        x = rearrange(self.spread(F.gelu(x)), "b (s c) t -> b c (t s)", s=STRIDE)
        x = x + self.refine(F.gelu(x), state)
        return self.write(F.gelu(x), state) * self.scale + self.mean

    def forward(self, frames: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Feature frames [B, D, T] -> the same decoded, codes [B, K, T / 4], the commitment loss."""
        vectors, codes, loss = self.quantize(self.latents(frames))
        return self.frames(vectors), codes, loss

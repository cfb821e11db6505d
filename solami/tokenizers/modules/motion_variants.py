"""Networks the motion tokenizer is compared with; none of them ships.

`ScalarMotionNet` differs from ours by finite scalar quantization (https://arxiv.org/abs/2309.15505) alone.
`PaperMotionNet` is the design of the SOLAMI and T2M-GPT papers (https://arxiv.org/abs/2301.06052): convolutions
that see the future, one codebook, and losses on features and their differences.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from einops import rearrange
from torch import Tensor, nn
from vector_quantize_pytorch import FSQ, VectorQuantize

from solami.tokenizers.modules.foot_anchor import BodyNet
from solami.tokenizers.modules.motion_vq import STRIDE, MotionNetConfig


class ScalarMotionNet(BodyNet):
    """Our network around FSQ with these levels; their product is the codebook size."""

    def __init__(self, config: MotionNetConfig, levels: tuple[int, ...]) -> None:
        super().__init__(config)
        self.quantizer = FSQ(levels=list(levels), dim=config.latent_dim)

    def quantize(self, latents: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """See MotionNet; there is nothing to commit to."""
        vectors, codes = self.quantizer(rearrange(latents.float(), "b l t -> b t l"))
        return rearrange(vectors, "b t l -> b l t"), codes[:, None], latents.new_zeros(())

    def vectors(self, codes: Tensor) -> Tensor:
        """See MotionNet."""
        return rearrange(self.quantizer.indices_to_codes(codes[:, 0]), "b t l -> b l t")


class _Residual(nn.Module):
    """A dilated and a pointwise convolution with a skip; sees as far ahead as back."""

    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.ReLU(),
            nn.Conv1d(width, width, 3, padding=dilation, dilation=dilation),
            nn.ReLU(),
            nn.Conv1d(width, width, 1),
        )

    def forward(self, x: Tensor) -> Tensor:
        """x [B, C, T] -> [B, C, T]."""
        return x + self.body(x)


class PaperMotionNet(nn.Module):
    """Non-causal VQ-VAE, four frames a code, codebook by moving averages. Runs whole clips only."""

    mean: Tensor
    scale: Tensor

    def __init__(self, dim: int, width: int = 128, codebook_size: int = 512, depth: int = 3) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(dim, 1))
        self.register_buffer("scale", torch.ones(dim, 1))
        dilations = [3**i for i in reversed(range(depth))]
        down: list[nn.Module] = [nn.Conv1d(dim, width, 3, padding=1), nn.ReLU()]
        up: list[nn.Module] = [nn.Conv1d(width, width, 3, padding=1), nn.ReLU()]
        for _ in range(STRIDE // 2):
            down += [nn.Conv1d(width, width, 4, stride=2, padding=1), *(_Residual(width, d) for d in dilations)]
            up += [*(_Residual(width, d) for d in dilations), nn.Upsample(scale_factor=2)]
            up += [nn.Conv1d(width, width, 3, padding=1)]
        self.encoder = nn.Sequential(*down, nn.Conv1d(width, width, 3, padding=1))
        self.quantizer = VectorQuantize(
            width, codebook_size, decay=0.99, commitment_weight=0.02, kmeans_init=True, threshold_ema_dead_code=0.2
        )
        self.decoder = nn.Sequential(*up, nn.ReLU(), nn.Conv1d(width, dim, 3, padding=1))

    def forward(self, frames: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """See MotionNet."""
        latents = self.encoder((frames - self.mean) / self.scale)
        vectors, codes, loss = self.quantizer(rearrange(latents.float(), "b l t -> b t l"))
        decoded = self.decoder(rearrange(vectors, "b t l -> b l t"))
        return decoded * self.scale + self.mean, codes[:, None], loss.sum()


def paper_losses(frames: Tensor, decoded: Tensor, scale: Tensor) -> dict[str, Tensor]:
    """Smooth L1 of features and, at half its weight, of their differences from frame to frame."""
    truth, guess = frames / scale, decoded / scale
    return {
        "features": F.smooth_l1_loss(guess, truth),
        "velocity": 0.5 * F.smooth_l1_loss(guess.diff(dim=-1), truth.diff(dim=-1)),
    }

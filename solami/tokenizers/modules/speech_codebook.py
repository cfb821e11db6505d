"""What stands between the speech network's encoder and decoder: latents [B, T, D] -> code vectors and codes.

A codebook learned beside the network (https://arxiv.org/abs/1711.00937), nearest by angle, as in supervised semantic
tokens (https://arxiv.org/abs/2407.05407).
"""

from __future__ import annotations

import math
from typing import cast

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from vector_quantize_pytorch import VectorQuantize


class PhoneticCodebook(nn.Module):
    """Entries on the unit sphere, kept at the running mean of what falls to them.

    Until `place` puts them where latents lie, training quantises nothing: latents go through, unsettled by noise.
    """

    NOISE = 0.25  # of a latent's length, so that what matters lies further apart than codes will
    placed: Tensor
    DECAY, DEAD_BELOW = 0.99, 0.02  # of the running means; hits a step under which an entry is put elsewhere

    def __init__(self, size: int, dim: int) -> None:
        super().__init__()
        self.scale = math.sqrt(dim)
        self.entries = VectorQuantize(
            dim, size, decay=self.DECAY, use_cosine_sim=True, threshold_ema_dead_code=self.DEAD_BELOW
        )
        self.register_buffer("placed", torch.zeros(()))

    def forward(self, latents: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """latents [B, T, D] -> vectors [B, T, D], codes [B, T], and how far unit latents lie from their codes."""
        if self.training and not self.is_placed:
            near = F.normalize(latents, dim=-1)
            noise = self.NOISE / self.scale * torch.randn_like(near)
            return self.scale * F.normalize(near + noise, dim=-1), torch.zeros(latents.shape[:2]).long(), near.sum() * 0
        vectors, codes, far = self.entries(latents)
        return self.scale * vectors, codes, far.sum()

    @property
    def is_placed(self) -> bool:
        """Whether codes mean something yet."""
        return bool(self.placed)

    @torch.no_grad()
    def place(self, latents: Tensor) -> None:
        """Put the entries where latents [N, D] lie, by k-means."""
        self._book.get_buffer("initted").fill_(False)
        self.entries.train()
        self.entries(latents[None])
        self.placed.fill_(1.0)

    def fix(self) -> None:
        """Keep the entries where they are; gradients go on through them to what chooses among them."""
        self.entries.freeze_codebook = True

    def vectors_of(self, codes: Tensor) -> Tensor:
        """codes [B, T] -> vectors [B, T, D]."""
        return self.scale * F.embedding(codes, self._book.get_buffer("embed")[0])

    def start_again(self) -> None:
        """Start the running means, which no file keeps, at entries that were read."""
        self._book.get_buffer("cluster_size").fill_(1.0)
        self._book.get_buffer("embed_avg").copy_(self._book.get_buffer("embed"))

    @property
    def _book(self) -> nn.Module:
        return cast(nn.Module, self.entries._codebook)

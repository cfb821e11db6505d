"""A critic of spectra: decoded speech shall change as suddenly as recorded speech does.

A code says which phones its 40 ms hold, not at which 10 ms one ends. The mean distance of spectra is least where
both are smeared into each other; a critic that tells smeared spectra from true ones makes the decoder choose. Least
squares (https://arxiv.org/abs/1611.04076) and matched features (https://arxiv.org/abs/1910.06711).
"""

from __future__ import annotations

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from solami.tokenizers.modules import speech_net as sn
from solami.training.speech_batches import Batch
from solami.training.speech_losses import PhoneHeads, acoustic_losses, decoder_crop

LEAK = 0.2
CRITIC_RATE = 4e-4


class SpectrumCritic(nn.Module):
    """Log-mel [B, T, M] -> features of every layer, the last of which judges each patch: 1 true, 0 made."""

    def __init__(self, width: int = 24) -> None:
        super().__init__()
        sizes = (1, width, 2 * width, 4 * width, 4 * width)
        self.layers = nn.ModuleList(
            nn.utils.parametrizations.weight_norm(nn.Conv2d(a, b, (3, 5), stride=(1, 2), padding=(1, 2)))
            for a, b in pairwise(sizes)
        )
        self.judge = nn.utils.parametrizations.weight_norm(nn.Conv2d(sizes[-1], 1, 3, padding=1))

    def forward(self, mel: Tensor) -> list[Tensor]:
        """See the class."""
        x, features = mel[:, None], []
        for layer in self.layers:
            x = F.leaky_relu(layer(x), LEAK)
            features.append(x)
        return [*features, self.judge(x)]


class CriticisedLosses:
    """The losses where codes stay, and those by a critic that learns beside the decoder, one step for each."""

    def __init__(self, seed: int) -> None:
        """Start with a critic that knows nothing."""
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            self.critic = SpectrumCritic()
        self._optimizer = torch.optim.AdamW(self.critic.parameters(), CRITIC_RATE, betas=(0.8, 0.99))

    def __call__(
        self, net: sn.SpeechNet, guide: PhoneHeads, batch: Batch, generator: torch.Generator
    ) -> dict[str, Tensor]:
        """The losses of one batch, by name; those of the critic are `critic` and `matched`."""
        phonetic, crop = decoder_crop(net, guide, batch, generator)
        true, made = sn.log_bands(crop.true), sn.log_bands(crop.spectra.abs())
        self._learn(true, made.detach())
        self.critic.requires_grad_(False)
        with torch.autocast("cpu", torch.bfloat16):
            wanted, got = self.critic(true), self.critic(made)
        self.critic.requires_grad_(True)
        matched = torch.stack(
            [(a.float() - b.float()).abs().mean() for a, b in zip(wanted[:-1], got[:-1], strict=True)]
        )
        judged = (got[-1].float() - 1).square().mean()
        return phonetic | acoustic_losses(crop) | {"critic": judged, "matched": matched.sum()}

    def _learn(self, true: Tensor, made: Tensor) -> None:
        """One step towards telling true from made spectra."""
        with torch.autocast("cpu", torch.bfloat16):
            real, false = (self.critic(mel)[-1].float() for mel in (true, made))
        self._optimizer.zero_grad()
        ((real - 1).square().mean() + false.square().mean()).backward()
        self._optimizer.step()

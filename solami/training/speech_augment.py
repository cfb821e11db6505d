"""What the speech encoder hears in training instead of clean speech: noise, rooms, narrow bands, other vocal tracts."""

from __future__ import annotations

import torch
from torch import Tensor

from solami.tokenizers.modules.source_filter import SAMPLE_RATE

NOISE_SHARE, ROOM_SHARE, BAND_SHARE = 0.5, 0.2, 0.15
DECAY_60_DB = 6.9  # natural log of 60 dB in amplitude


def disturb(samples: Tensor, generator: torch.Generator) -> Tensor:
    """Clean speech [B, S] -> the same in rooms, through telephones, in noise, each for a share of the clips."""
    return with_noise(through_filters(samples, generator), generator)


def with_noise(samples: Tensor, generator: torch.Generator) -> Tensor:
    """White noise at 10 to 40 dB below half of the clips."""
    level = samples.square().mean(dim=1, keepdim=True).sqrt()
    decibels = -10.0 - 30.0 * torch.rand(len(samples), 1, generator=generator)
    use = _chosen(len(samples), NOISE_SHARE, generator)
    return samples + use * level * 10 ** (decibels / 20) * torch.randn(samples.shape, generator=generator)


def through_filters(samples: Tensor, generator: torch.Generator) -> Tensor:
    """Convolve some clips with a room (decaying noise after the direct sound), cut others off above 3.4 to 7 kHz."""
    count, length = samples.shape
    size = 1 << (length + SAMPLE_RATE // 2).bit_length()
    response = torch.fft.rfft(_rooms(count, generator), n=size)
    bins_hz = torch.linspace(0, SAMPLE_RATE / 2, size // 2 + 1)
    cut_hz = 3400 + 3600 * torch.rand(count, 1, generator=generator)
    band = torch.sigmoid((cut_hz - bins_hz) / 100.0)
    response = response * torch.where(_chosen(count, BAND_SHARE, generator) > 0, band, torch.ones_like(band))
    return torch.fft.irfft(torch.fft.rfft(samples, n=size) * response, n=size)[:, :length]


def _rooms(count: int, generator: torch.Generator) -> Tensor:
    """Impulse responses [count, R]: reverberation times of 0.1 to 0.5 s, 3 to 15 dB below the direct sound."""
    time = torch.arange(SAMPLE_RATE // 2) / SAMPLE_RATE
    decay_s = 0.1 + 0.4 * torch.rand(count, 1, generator=generator)
    tail = torch.randn(count, len(time), generator=generator) * torch.exp(-DECAY_60_DB * time / decay_s)
    tail = tail / tail.norm(dim=1, keepdim=True)
    level = 10 ** (-(3.0 + 12.0 * torch.rand(count, 1, generator=generator)) / 20)
    rooms = tail * level * _chosen(count, ROOM_SHARE, generator)
    rooms[:, 0] = 1.0
    return rooms


def warp_mel(mel: Tensor, generator: torch.Generator) -> Tensor:
    """Vocal-tract length perturbation of log-mel [B, M, T]: bands shift by up to 10 % (Jaitly & Hinton 2013)."""
    factor = 1.0 + 0.2 * (torch.rand(len(mel), generator=generator) - 0.5)
    bands = mel.shape[1]
    places = (torch.arange(bands)[None] * factor[:, None]).clamp(0, bands - 1.001)
    low = places.long()
    weight = (places - low)[..., None]
    take = low[..., None].expand(-1, -1, mel.shape[2])
    return mel.gather(1, take) * (1 - weight) + mel.gather(1, take + 1) * weight


def mask_mel(mel: Tensor, generator: torch.Generator) -> Tensor:
    """Bands and stretches of log-mel [B, M, T] replaced by the clip's mean (SpecAugment, Park et al. 2019).

    Two runs of up to 14 bands a clip, and one stretch of up to 0.16 s in each 1.6 s: what is gone must be guessed from
    what is around it, and no speaker is learned by heart.
    """
    batch, bands, frames = mel.shape
    hidden = _runs(batch, bands, 2, 14, generator)[:, :, None]
    hidden = hidden | _runs(batch, frames, max(1, frames // 160), 16, generator)[:, None]
    return torch.where(hidden, mel.mean(dim=(1, 2), keepdim=True), mel)


def _runs(batch: int, length: int, count: int, longest: int, generator: torch.Generator) -> Tensor:
    """Booleans [batch, length], true in `count` runs of 0 to `longest` places a row."""
    size = torch.rand(batch, count, 1, generator=generator) * (longest + 1)
    start = torch.rand(batch, count, 1, generator=generator) * (length - size)
    place = torch.arange(length)
    return ((place >= start) & (place < start + size.floor())).any(dim=1)


def _chosen(count: int, share: float, generator: torch.Generator) -> Tensor:
    """Ones [count, 1] for about `share` of the rows, zeros for the others."""
    return (torch.rand(count, 1, generator=generator) < share).float()

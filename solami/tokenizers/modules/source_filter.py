"""Speech from pitch and two spectral filters: harmonic and noise excitation, shaped per frame, by inverse STFT.

The excitation is a band-limited pulse train at the pitch plus a fixed noise. Each 10 ms frame multiplies its spectra by
the predicted magnitudes (a harmonic-plus-noise model as in https://arxiv.org/abs/1904.12088) and is overlap-added.
Frame i is centred on hop i, so its window reaches 176 samples (11 ms) past the hop.
"""

from __future__ import annotations

from functools import lru_cache

import torch
import torch.nn.functional as F
from torch import Tensor

SAMPLE_RATE = 16_000
HOP = 160
WINDOW = 512
BINS = WINDOW // 2 + 1
REACH = (WINDOW - HOP) // 2  # samples a window extends past its hop on either side
UNVOICED_HZ = 100.0  # pulse rate that keeps the phase running where there is no pitch
NOISE_SAMPLES = 1 << 16


@lru_cache(maxsize=1)
@torch.inference_mode(False)  # a cached inference tensor could not be trained through later
def noise_table() -> Tensor:
    """The fixed white noise [NOISE_SAMPLES], indexed by absolute sample: streaming then equals whole."""
    return torch.randn(NOISE_SAMPLES, generator=torch.Generator().manual_seed(7))


@lru_cache(maxsize=1)
@torch.inference_mode(False)
def window() -> Tensor:
    """The periodic Hann window [WINDOW]."""
    return torch.hann_window(WINDOW)


@lru_cache(maxsize=1)
@torch.inference_mode(False)
def overlap_gain() -> Tensor:
    """What one hop of overlap-added squared windows sums to, [HOP], away from the ends."""
    squared = window() ** 2
    total = torch.zeros(HOP)
    for sample in range(WINDOW):
        total[(sample - REACH) % HOP] += squared[sample]
    return total


def pulse_train(phase: Tensor, f0_hz: Tensor) -> Tensor:
    """Band-limited pulses of unit power: sum of cos(k * phase) over the harmonics under Nyquist. Shapes [B, S]."""
    count = torch.floor(0.5 * SAMPLE_RATE / f0_hz - 0.5).clamp(min=1)
    half = torch.remainder(phase, 2 * torch.pi) / 2
    sine = torch.sin(half)
    near = sine.abs() < 1e-4
    ratio = torch.sin((2 * count + 1) * half) / torch.where(near, torch.ones_like(sine), sine)
    pulses = 0.5 * (torch.where(near, 2 * count + 1, ratio) - 1)
    return pulses * torch.sqrt(2.0 / count)


def accumulate_phase(f0_hz: Tensor, start: Tensor) -> Tensor:
    """Phase [B, T * HOP] in radians from pitch per frame [B, T]; `start` [B] is the phase before the first sample."""
    step = (2 * torch.pi / SAMPLE_RATE) * f0_hz.double()
    ends = start.double()[:, None] + torch.cumsum(step * HOP, dim=1)
    ramp = torch.arange(1, HOP + 1, dtype=torch.float64) - HOP
    return torch.remainder((ends[:, :, None] + step[:, :, None] * ramp).flatten(1), 2 * torch.pi).float()


def frames_of(signal: Tensor) -> Tensor:
    """Windowed spectra [B, T, BINS] of a signal that carries REACH samples on either side [B, T * HOP + 2 * REACH]."""
    return torch.fft.rfft(signal.unfold(-1, WINDOW, HOP) * window(), dim=-1)


def overlap_add(spectra: Tensor) -> Tensor:
    """Spectra [B, T, BINS] -> signal [B, T * HOP + 2 * REACH], gain of the window undone."""
    frames = torch.fft.irfft(spectra, n=WINDOW, dim=-1) * window()
    length = spectra.shape[1] * HOP + 2 * REACH
    added = F.fold(frames.transpose(1, 2), (1, length), (1, WINDOW), stride=(1, HOP))[:, 0, 0]
    gain = overlap_gain().roll(REACH % HOP)
    return added / gain.repeat(length // HOP + 1)[:length]


def excite(f0_hz: Tensor, phase_start: Tensor, first_sample: int) -> tuple[Tensor, Tensor, Tensor]:
    """Pulses [B, S] and noise [B, S] for pitch [B, T] (S = T * HOP), and the phase after the last sample [B]."""
    phase = accumulate_phase(f0_hz, phase_start)
    pulses = pulse_train(phase, f0_hz.repeat_interleave(HOP, dim=1))
    index = (first_sample + torch.arange(phase.shape[1])) % NOISE_SAMPLES
    noise = noise_table()[index].expand(phase.shape[0], -1)
    return pulses, noise, phase[:, -1]

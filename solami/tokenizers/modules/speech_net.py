"""The speech network: log-mel -> phonetic codes at 25 Hz -> pitch and spectral filters in a given voice.

Everything is causal but the encoder's `LOOKAHEAD_CODES`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import torch
import torch.nn.functional as F
from pydantic import Field
from torch import Tensor, nn
from transformers.audio_utils import mel_filter_bank

from solami.strict import Strict
from solami.tokenizers.modules import source_filter as sf
from solami.tokenizers.modules.causal import CausalConv1d, StreamState
from solami.tokenizers.modules.convnext import ConvNeXtBlock
from solami.tokenizers.modules.speech_codebook import PhoneticCodebook

MEL_BANDS = 80
MEL_WINDOW = 400  # 25 ms, ends with its hop: the front end looks at nothing later
FRAMES_PER_CODE = 4
CODE_SAMPLES = sf.HOP * FRAMES_PER_CODE
LOOKAHEAD_CODES = 2  # 80 ms
PITCH_HZ = (60.0, 420.0)


class SpeechNetConfig(Strict):
    """Sizes of the speech network."""

    codebook_size: int = Field(2048, gt=1)
    latent_dim: int = Field(32, gt=1, description="numbers in a code's vector")
    width: int = 256
    front_width: int = 128  # before the rate falls to 25 Hz
    encoder_blocks: int = 6
    trunk_blocks: int = 3
    decoder_blocks: int = 3  # at 100 Hz
    voice_dim: int = 64
    phones: int = 42  # classes of the phonetic heads; 0 is the CTC blank


@dataclass(frozen=True, slots=True)
class Acoustics:
    """What the decoder predicts for each 10 ms frame."""

    log_f0: Tensor  # [B, T] natural log of Hz
    voicing: Tensor  # [B, T] logit
    harmonic: Tensor  # [B, T, BINS] log magnitude of the pulse filter
    noise: Tensor  # [B, T, BINS] log magnitude of the noise filter


@lru_cache(maxsize=1)
@torch.inference_mode(False)  # see source_filter
def mel_matrix() -> Tensor:
    """Mel filters [BINS, MEL_BANDS] for spectra of WINDOW points."""
    filters = mel_filter_bank(sf.BINS, MEL_BANDS, 40.0, 7800.0, sf.SAMPLE_RATE, norm="slaney", mel_scale="slaney")
    return torch.from_numpy(filters).float() * 30.0


def log_mel(samples: Tensor, past: Tensor | None = None) -> Tensor:
    """Samples [B, S] (S a multiple of HOP) -> log-mel [B, MEL_BANDS, S / HOP]; frame i ends with hop i.

    `past` [B, MEL_WINDOW - HOP] holds the samples before; None means silence.
    """
    left = MEL_WINDOW - sf.HOP
    samples = F.pad(samples, (left, 0)) if past is None else torch.cat([past, samples], dim=1)
    frames = samples.unfold(-1, MEL_WINDOW, sf.HOP) * torch.hann_window(MEL_WINDOW)
    magnitude = torch.fft.rfft(frames, n=sf.WINDOW, dim=-1).abs()
    return log_bands(magnitude).transpose(1, 2)


def log_bands(magnitude: Tensor) -> Tensor:
    """Magnitude spectra [B, T, BINS] -> their log-mel [B, T, MEL_BANDS], about unit scale."""
    return (torch.log(magnitude @ mel_matrix() + 1e-3) + 2.0) / 2.5


class SpeechEncoder(nn.Module):
    """Log-mel at 100 Hz -> features at 25 Hz."""

    def __init__(self, config: SpeechNetConfig) -> None:
        super().__init__()
        front, width = config.front_width, config.width
        self.enter = CausalConv1d(MEL_BANDS, front, 5)
        self.front = ConvNeXtBlock(front)
        self.to_50_hz = CausalConv1d(front, front, 4, stride=2)
        self.middle = ConvNeXtBlock(front)
        self.to_25_hz = CausalConv1d(front, width, 4, stride=2)
        self.blocks = nn.ModuleList(ConvNeXtBlock(width, 5) for _ in range(config.encoder_blocks))
        self.leave = nn.Linear(width, config.latent_dim)

    def forward(self, mel: Tensor, state: StreamState | None = None) -> Tensor:
        """mel [B, M, 4T] -> latents [B, T, D]."""
        return self.leave(self.features(mel, state))

    def features(self, mel: Tensor, state: StreamState | None = None) -> Tensor:
        """mel [B, M, 4T] -> what is about to be quantised [B, T, C]."""
        x = self.middle(self.to_50_hz(self.front(self.enter(mel, state), state=state), state), state=state)
        x = self.to_25_hz(x, state)
        for block in self.blocks:
            x = block(x, state=state)
        return x.transpose(1, 2)


class VoiceEncoder(nn.Module):
    """Log-mel of a reference -> unit speaker embedding."""

    def __init__(self, config: SpeechNetConfig) -> None:
        super().__init__()
        width = config.front_width
        self.enter = CausalConv1d(MEL_BANDS, width, 4, stride=4)
        self.blocks = nn.ModuleList(ConvNeXtBlock(width, 5) for _ in range(2))
        self.leave = nn.Linear(2 * width, config.voice_dim)

    def forward(self, mel: Tensor) -> Tensor:
        """mel [B, M, T] -> [B, D]."""
        x = self.enter(mel)
        for block in self.blocks:
            x = block(x)
        pooled = torch.cat([x.mean(dim=2), x.std(dim=2)], dim=1)
        return F.normalize(self.leave(pooled), dim=1)


class SpeechDecoder(nn.Module):
    """Quantised features at 25 Hz -> acoustics at 100 Hz in a voice, and phonetic logits."""

    def __init__(self, config: SpeechNetConfig) -> None:
        super().__init__()
        width = config.width
        self.enter = CausalConv1d(config.latent_dim, width, 3)
        self.trunk = nn.ModuleList(ConvNeXtBlock(width, 5) for _ in range(config.trunk_blocks))
        self.phone_frames = nn.Linear(width, config.phones)
        self.phone_ctc = nn.Linear(width, config.phones)
        self.spread = nn.Linear(width, width * FRAMES_PER_CODE)
        self.blocks = nn.ModuleList(
            ConvNeXtBlock(width, voice_dim=config.voice_dim) for _ in range(config.decoder_blocks)
        )
        self.norm = nn.LayerNorm(width)
        self.leave = nn.Linear(width, 2 + 2 * sf.BINS)
        nn.init.constant_(self.leave.bias[0], -3.0)

    def content(self, quantized: Tensor, state: StreamState | None = None) -> Tensor:
        """quantized [B, T, D] -> voice-independent features [B, C, T]."""
        x = self.enter(quantized.transpose(1, 2), state)
        for block in self.trunk:
            x = block(x, state=state)
        return x

    def forward(self, content: Tensor, voice: Tensor, state: StreamState | None = None) -> Acoustics:
        """content [B, C, T], voice [B, D] -> acoustics of 4T frames."""
        batch, width, codes = content.shape
        x = self.spread(content.transpose(1, 2)).reshape(batch, codes * FRAMES_PER_CODE, width).transpose(1, 2)
        for block in self.blocks:
            x = block(x, voice, state)
        out = self.leave(self.norm(x.transpose(1, 2))).float()
        harmonic, noise = out[..., 2:].split(sf.BINS, dim=-1)
        return Acoustics(5.0 + 0.5 * out[..., 1], out[..., 0], harmonic - 4.0, noise - 4.0)


class SpeechNet(nn.Module):
    """Encoder, quantiser, decoder and voice encoder under one state dict."""

    def __init__(self, config: SpeechNetConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = SpeechEncoder(config)
        self.quantizer = PhoneticCodebook(config.codebook_size, config.latent_dim)
        self.decoder = SpeechDecoder(config)
        self.voice = VoiceEncoder(config)

    def latents(self, samples: Tensor) -> Tensor:
        """Samples [B, S], S a multiple of CODE_SAMPLES -> what is about to be quantised [B, T, D]."""
        ahead = F.pad(samples, (0, LOOKAHEAD_CODES * CODE_SAMPLES))
        latents: Tensor = self.encoder(log_mel(ahead))[:, LOOKAHEAD_CODES:]
        return latents


def pitch_hz(acoustics: Acoustics) -> Tensor:
    """Pitch [B, T] in Hz for the excitation; a steady rate where unvoiced."""
    f0_hz = acoustics.log_f0.exp().clamp(*PITCH_HZ)
    return torch.where(acoustics.voicing > 0, f0_hz, torch.full_like(f0_hz, sf.UNVOICED_HZ))


def shape_spectra(acoustics: Acoustics, voiced: Tensor, pulses: Tensor, noise: Tensor) -> Tensor:
    """Output spectra [B, T, BINS] from excitations that carry REACH samples on either side; voiced [B, T] in 0..1."""
    harmonic = acoustics.harmonic.clamp(-14.0, 6.0).exp() * voiced[..., None]
    return sf.frames_of(pulses) * harmonic + sf.frames_of(noise) * acoustics.noise.clamp(-14.0, 6.0).exp()

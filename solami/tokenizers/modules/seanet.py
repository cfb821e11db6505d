"""The speech tokenizer's baseline: EnCodec's SEANet (https://arxiv.org/abs/2210.13438) around a codebook like ours.

The convolutions are those of transformers; sizes are chosen so that it has as many parameters as `speech_net`. It is
trained on the same batches with the same guidance by phones, and does not ship.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from transformers import EncodecConfig
from transformers.models.encodec.modeling_encodec import EncodecDecoder, EncodecEncoder

from solami.tokenizers.modules import speech_net as sn
from solami.tokenizers.modules.source_filter import SAMPLE_RATE
from solami.tokenizers.modules.speech_codebook import PhoneticCodebook

RATIOS = (8, 5, 4, 4)  # 640 samples a code


class SeanetNet(nn.Module):
    """Samples -> codes at 25 Hz -> samples in a voice."""

    def __init__(self, config: sn.SpeechNetConfig, filters: int = 20, hidden: int = 128) -> None:
        super().__init__()
        self.config = config
        shape = EncodecConfig(
            sampling_rate=SAMPLE_RATE, upsampling_ratios=list(RATIOS), num_filters=filters, hidden_size=hidden
        )
        self.encoder = EncodecEncoder(shape)
        self.to_latent = nn.Linear(hidden, config.latent_dim)
        self.quantizer = PhoneticCodebook(config.codebook_size, config.latent_dim)
        self.from_latent = nn.Linear(config.latent_dim, hidden)
        self.phone_frames, self.phone_ctc = nn.Linear(hidden, config.phones), nn.Linear(hidden, config.phones)
        self.voice = sn.VoiceEncoder(config)
        self.colour = nn.Linear(config.voice_dim, hidden)
        self.decoder = EncodecDecoder(shape)

    def features(self, samples: Tensor) -> Tensor:
        """Samples [B, S] -> what the encoder makes of them [B, S / 640, C]."""
        hidden: Tensor = self.encoder(samples[:, None])
        return hidden.transpose(1, 2)

    def latents(self, samples: Tensor) -> Tensor:
        """Samples [B, S] -> what is quantised [B, S / 640, D]."""
        latents: Tensor = self.to_latent(self.features(samples))
        return latents

    def samples(self, content: Tensor, voice: Tensor) -> Tensor:
        """Content [B, T, C] in a voice [B, D] -> samples [B, 640 T]."""
        made: Tensor = self.decoder((content + self.colour(voice)[:, None]).transpose(1, 2))
        return F.pad(made[:, 0], (0, max(0, content.shape[1] * sn.CODE_SAMPLES - made.shape[2])))

    def vectors(self, codes: Tensor) -> Tensor:
        """Codes [B, T] -> content [B, T, C]."""
        return self.from_latent(self.quantizer.vectors_of(codes))

    @torch.inference_mode()
    def embed(self, samples: Tensor) -> Tensor:
        """Reference [B, S] -> voice [B, D]."""
        whole = samples[:, : samples.shape[1] // sn.CODE_SAMPLES * sn.CODE_SAMPLES]
        made: Tensor = self.voice(sn.log_mel(whole))
        return made

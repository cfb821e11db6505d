"""EnCodec, Mimi and DAC behind one pair of calls: samples [S] -> codes [K, T] and back, whole. No streaming, no rates.

Through transformers, from a local folder with safetensors. EnCodec: https://arxiv.org/abs/2210.13438, Mimi:
https://arxiv.org/abs/2410.00037, DAC: https://arxiv.org/abs/2306.06546.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from math import prod
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from torch import Tensor
from transformers import AutoConfig, DacModel, EncodecModel, MimiModel

from solami.errors import ConfigError


class CodecModel(ABC):
    """One loaded codec."""

    sample_rate: int
    samples_per_code: int
    codebook_size: int
    num_codebooks: int
    reach = 0  # codes that a code or its samples depend on behind them; 0 for causal codecs

    @abstractmethod
    def encode(self, samples: Tensor) -> Tensor:
        """Samples [1, 1, T * samples_per_code] -> codes [K, T]."""

    @abstractmethod
    def decode(self, codes: Tensor) -> Tensor:
        """Codes [K, T] -> samples [S]; S may miss T * samples_per_code by a few."""


class TransformersCodec(CodecModel):
    """What the three families share."""

    def __init__(self, net: Any, ratios: list[int], num_codebooks: int, most: int) -> None:
        """Take a model, its strides and how many of its `most` codebooks are used."""
        if not 1 <= num_codebooks <= most:
            raise ConfigError(f"codec: got {num_codebooks} codebooks, expected 1 to {most}")
        self._net = net.eval().requires_grad_(False)
        self.sample_rate = int(net.config.sampling_rate)
        self.samples_per_code = prod(ratios)
        self.codebook_size, self.num_codebooks = int(net.config.codebook_size), num_codebooks


class EncodecCodec(TransformersCodec):
    """Causal convolutions and an LSTM, whose memory has no end."""

    def __init__(self, net: EncodecModel, num_codebooks: int | None = None) -> None:
        config = net.config
        if config.normalize or config.chunk_length_s or config.audio_channels != 1 or not config.use_causal_conv:
            raise ConfigError(
                "EnCodec: expected the causal mono model without loudness normalisation or chunks (24 kHz)"
            )
        books = {net.quantizer.get_num_quantizers_for_bandwidth(rate): rate for rate in config.target_bandwidths}
        wanted = num_codebooks or max(books)
        if wanted not in books:
            raise ConfigError(f"EnCodec: got {wanted} codebooks, expected one of {sorted(books)}")
        super().__init__(net, list(config.upsampling_ratios), wanted, max(books))
        self._bandwidth = books[wanted]

    def encode(self, samples: Tensor) -> Tensor:
        """See CodecModel."""
        return self._net.encode(samples, bandwidth=self._bandwidth).audio_codes[0, 0]

    def decode(self, codes: Tensor) -> Tensor:
        """See CodecModel."""
        return self._net.decode(codes[None, None], [None]).audio_values[0, 0]


class MimiCodec(TransformersCodec):
    """Causal convolutions and attention over a sliding window."""

    def __init__(self, net: MimiModel, num_codebooks: int | None = None) -> None:
        config = net.config
        most = config.num_quantizers
        super().__init__(net, [int(config.frame_size)], num_codebooks or most, most)

    def encode(self, samples: Tensor) -> Tensor:
        """See CodecModel."""
        return self._net.encode(samples, num_quantizers=self.num_codebooks).audio_codes[0]

    def decode(self, codes: Tensor) -> Tensor:
        """See CodecModel."""
        return self._net.decode(codes[None]).audio_values[0, 0]


class DacCodec(TransformersCodec):
    """Convolutions that look both ways, 0.12 s in the published model."""

    def __init__(self, net: DacModel, num_codebooks: int | None = None) -> None:
        config = net.config
        super().__init__(net, list(config.downsampling_ratios), num_codebooks or config.n_codebooks, config.n_codebooks)
        steps = [prod(config.downsampling_ratios[:at]) for at in range(len(config.downsampling_ratios))]
        # Each level has three units of kernel 7 dilated by 1, 3 and 9; the strided layers add two hops, the ends three.
        self.reach = -(-39 * sum(steps) // self.samples_per_code) + 5

    def encode(self, samples: Tensor) -> Tensor:
        """See CodecModel."""
        return self._net.encode(samples, n_quantizers=self.num_codebooks).audio_codes[0]

    def decode(self, codes: Tensor) -> Tensor:
        """See CodecModel."""
        return self._net.decode(audio_codes=codes[None]).audio_values[0].reshape(-1)


FAMILIES = {"encodec": (EncodecModel, EncodecCodec), "mimi": (MimiModel, MimiCodec), "dac": (DacModel, DacCodec)}


def load_codec(folder: Path, num_codebooks: int | None = None) -> CodecModel:
    """A codec from a `save_pretrained` folder; nothing is downloaded and no pickle is read. None: all codebooks.

    Raises:
        ConfigError: the folder is no codec of a known family, or its weights are missing or do not fit.
    """
    try:
        kind = AutoConfig.from_pretrained(folder, local_files_only=True).model_type
    except (OSError, ValueError) as error:
        raise ConfigError(f"codec {folder}: no model configuration that can be read ({error})") from error
    if kind not in FAMILIES:
        raise ConfigError(f"codec {folder}: got a model of type {kind!r}, expected one of {sorted(FAMILIES)}")
    model, codec = FAMILIES[kind]
    try:
        net = model.from_pretrained(folder, local_files_only=True, use_safetensors=True, dtype=torch.float32)
    except (OSError, RuntimeError, SafetensorError) as error:
        raise ConfigError(f"codec {folder}: weights cannot be read as safetensors ({error})") from error
    return codec(net, num_codebooks)

"""The original `encodec` package as a codec, for machines where it and its torchaudio load (extra `encodec`).

It reads the same weights as `transformers.EncodecModel`, from the same folder, under the package's own names. Version
0.1.1 of the package is licensed CC BY-NC 4.0; nothing else here needs it. https://github.com/facebookresearch/encodec
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor

from solami.errors import ConfigError
from solami.tokenizers.codec_models import CodecModel

_RENAMED = (
    (".model.", ".layers."),
    (".convtr.convtr.", ".conv."),
    (".conv.conv.", ".conv."),
    ("quantizer.vq.layers.", "quantizer.layers."),
    ("._codebook.", ".codebook."),
    (".weight_g", ".parametrizations.weight.original0"),
    (".weight_v", ".parametrizations.weight.original1"),
)


def transformers_name(name: str) -> str:
    """A parameter's name in the package -> its name in transformers."""
    for theirs, ours in _RENAMED:
        name = name.replace(theirs, ours)
    return name


def package_class() -> Any:
    """`encodec.EncodecModel`, imported only here. Raises ConfigError where it cannot be loaded."""
    try:
        return import_module("encodec").EncodecModel
    except (ImportError, OSError) as error:
        raise ConfigError(f"the package `encodec` cannot be loaded ({error}); use transformers' EnCodec") from error


class PackageEncodec(CodecModel):
    """The 24 kHz model of the package."""

    def __init__(self, weights: Mapping[str, Tensor], num_codebooks: int = 8) -> None:
        """Take transformers' state dict and the number of codebooks: 2, 4, 8, 16 or 32.

        Raises:
            ConfigError: the package cannot be loaded, or the weights lack one of its parameters.
        """
        self._net = package_class().encodec_model_24khz(pretrained=False).eval()
        state = self._net.state_dict()
        lacking = [name for name in state if transformers_name(name) not in weights]
        if lacking:
            raise ConfigError(f"encodec: the weights lack {transformers_name(lacking[0])} and {len(lacking) - 1} more")
        self._net.load_state_dict({name: weights[transformers_name(name)] for name in state})
        if num_codebooks not in (2, 4, 8, 16, 32):
            raise ConfigError(f"encodec: got {num_codebooks} codebooks, expected 2, 4, 8, 16 or 32")
        self._net.set_target_bandwidth(num_codebooks * 0.75)
        self.sample_rate, self.samples_per_code = 24_000, 320
        self.codebook_size, self.num_codebooks = 1024, num_codebooks

    def encode(self, samples: Tensor) -> Tensor:
        """See CodecModel."""
        codes: Tensor = self._net.encode(samples)[0][0][0]
        return codes

    def decode(self, codes: Tensor) -> Tensor:
        """See CodecModel."""
        samples: Tensor = self._net.decode([(codes[None], None)])[0, 0]
        return samples


def load_package_encodec(folder: Path, num_codebooks: int = 8) -> PackageEncodec:
    """From the `model.safetensors` of a transformers EnCodec folder. Raises ConfigError when it cannot be used."""
    try:
        weights = load_file(folder / "model.safetensors")
    except (OSError, SafetensorError) as error:
        raise ConfigError(f"codec {folder}: weights cannot be read as safetensors ({error})") from error
    return PackageEncodec(weights, num_codebooks)

"""The default speech tokenizer: 16 kHz speech <-> one codebook at 25 Hz, in any voice.

Encoding looks 80 ms ahead. Decoding is causal in codes and holds back less than 50 ms of samples.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from pydantic import ValidationError
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from solami.errors import ConfigError, InputError
from solami.frames import AudioChunk
from solami.tokenizers.base import CodeSpec, SpeechDecoder, SpeechEncoder, SpeechTokenizer, Voice
from solami.tokenizers.modules import source_filter as sf
from solami.tokenizers.modules import speech_net as sn
from solami.tokenizers.speech_streams import NeuralSpeechDecoder, NeuralSpeechEncoder

REFERENCE_RMS = 0.1
RUNNING = ("cluster_size", "embed_avg")  # means that training keeps; `start_again` makes them anew


def save_net(net: sn.SpeechNet, folder: Path) -> None:
    """Write `speech.safetensors` (float16) and `speech.json`, each in one move."""
    folder.mkdir(parents=True, exist_ok=True)
    tensors = {
        name: value.detach().half().contiguous()
        for name, value in net.state_dict().items()
        if value.is_floating_point() and not name.endswith(RUNNING)
    }
    save_file(tensors, folder / "speech.safetensors.new")
    (folder / "speech.safetensors.new").replace(folder / "speech.safetensors")
    (folder / "speech.json").write_text(net.config.model_dump_json(indent=1) + "\n")


def load_net(folder: Path) -> sn.SpeechNet:
    """What `save_net` wrote, in float32. Raises ConfigError for files missing, broken or of another version."""
    try:
        net = sn.SpeechNet(sn.SpeechNetConfig.model_validate_json((folder / "speech.json").read_text()))
        tensors = load_file(folder / "speech.safetensors")
    except FileNotFoundError as error:
        raise ConfigError(
            f"no speech tokenizer in {folder}: {error.filename} is missing; train one or mend the path"
        ) from error
    except (ValidationError, SafetensorError) as error:
        raise ConfigError(
            f"speech tokenizer in {folder}: {error}; expected what this version's `solami train speech-tokenizer` wrote"
        ) from error
    missing, unexpected = net.load_state_dict({name: value.float() for name, value in tensors.items()}, strict=False)
    lacking = [name for name in missing if name in dict(net.named_parameters()) or name.endswith("embed")]
    if lacking or unexpected:
        raise ConfigError(
            f"{folder}/speech.safetensors does not fit speech.json: lacks {lacking[:3]}, has {unexpected[:3]}"
        )
    net.quantizer.start_again()
    return net.eval().requires_grad_(False)


class NeuralSpeechTokenizer(SpeechTokenizer):
    """The trained network behind the tokenizer interface."""

    sample_rate = sf.SAMPLE_RATE

    def __init__(self, net: sn.SpeechNet) -> None:
        self.net = net.eval()
        self.spec = CodeSpec("speech", net.config.codebook_size, 1, sf.SAMPLE_RATE / sn.CODE_SAMPLES)

    @classmethod
    def load(cls, folder: Path) -> NeuralSpeechTokenizer:
        """Load from a checkpoint folder. Raises ConfigError when files are missing or do not fit."""
        return cls(load_net(folder))

    @cached_property
    def rest_code(self) -> int:
        """The code of digital silence."""
        return int(self.encode(np.zeros(sf.SAMPLE_RATE, np.float32)).values[0, -1])

    @property
    def shared(self) -> tuple[object, ...]:
        """The tokenizer and its network."""
        return (self, self.net)

    def encoder(self) -> SpeechEncoder:
        """A fresh running encode."""
        return NeuralSpeechEncoder(self.net, self.spec.frame_rate)

    def decoder(self, voice: Voice) -> SpeechDecoder:
        """A fresh running decode in `voice`."""
        return NeuralSpeechDecoder(self.net, voice, self.rest_code)

    @torch.inference_mode()
    def embed_voice(self, name: str, reference: AudioChunk) -> Voice:
        """A voice from 2 s or more of speech at 16 kHz. Raises InputError for short or silent ones and other rates."""
        samples = torch.from_numpy(reference.samples.copy())[None]
        level = float(samples.square().mean().sqrt()) if samples.numel() else 0.0
        if reference.sample_rate != sf.SAMPLE_RATE or samples.shape[1] < sf.SAMPLE_RATE or level < 1e-3:
            seconds = samples.shape[1] / reference.sample_rate
            raise InputError(
                f"voice reference: got {seconds:.1f} s at {reference.sample_rate} Hz, level {level:.4f}; "
                "expected at least 1 s of audible speech at 16000 Hz"
            )
        whole = samples[:, : samples.shape[1] // sn.CODE_SAMPLES * sn.CODE_SAMPLES] * (REFERENCE_RMS / level)
        return Voice(name, self.net.voice(sn.log_mel(whole))[0].numpy().astype(np.float32))

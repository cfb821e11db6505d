"""Trains our speech network and a SEANet of its size on the same batches for as many steps, ready to be measured."""

from __future__ import annotations

import logging

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from solami.audio.level import rms
from solami.errors import TokenizerError
from solami.frames import AudioChunk, Codes, FloatArray
from solami.tokenizers.base import CodeSpec, SpeechDecoder, SpeechEncoder, SpeechTokenizer, Voice
from solami.tokenizers.modules import source_filter as sf
from solami.tokenizers.modules import speech_net as sn
from solami.tokenizers.modules.seanet import SeanetNet
from solami.tokenizers.speech import REFERENCE_RMS, NeuralSpeechTokenizer
from solami.training.speech_augment import disturb
from solami.training.speech_batches import WARM_CODES, Batch
from solami.training.speech_losses import PhoneHeads, crop_of, losses_of, phonetic_losses, spectral_losses, true_spectra
from solami.training.speech_pool import ClipPool
from solami.training.speech_tokenizer import SpeechTrainingConfig, fit

log = logging.getLogger(__name__)


class SeanetTokenizer(SpeechTokenizer):
    """The baseline behind the tokenizer interface; it runs whole clips only."""

    sample_rate = sf.SAMPLE_RATE

    def __init__(self, net: SeanetNet) -> None:
        self.net = net.eval()
        self.spec = CodeSpec("speech", net.config.codebook_size, 1, sf.SAMPLE_RATE / sn.CODE_SAMPLES)

    def encoder(self) -> SpeechEncoder:
        """Refused: see the class."""
        raise TokenizerError("the SEANet baseline does not stream; use encode")

    def decoder(self, voice: Voice) -> SpeechDecoder:
        """Refused: see the class."""
        raise TokenizerError("the SEANet baseline does not stream; use decode")

    def embed_voice(self, name: str, reference: AudioChunk) -> Voice:
        """See SpeechTokenizer."""
        gain = np.float32(REFERENCE_RMS / (rms(reference.samples) + 1e-9))
        scaled = torch.from_numpy(reference.samples * gain)[None]
        return Voice(name, self.net.embed(scaled)[0].numpy())

    @torch.inference_mode()
    def encode(self, samples: FloatArray) -> Codes:
        """See SpeechTokenizer."""
        padded = np.concatenate([samples, np.zeros(-len(samples) % sn.CODE_SAMPLES, np.float32)])
        _, codes, _ = self.net.quantizer(self.net.latents(torch.from_numpy(padded)[None]))
        return Codes("speech", codes.numpy().astype(np.int32), self.spec.frame_rate)

    @torch.inference_mode()
    def decode(self, codes: Codes, voice: Voice) -> FloatArray:
        """See SpeechTokenizer."""
        content = self.net.vectors(torch.from_numpy(codes.values.astype(np.int64)))
        return self.net.samples(content, torch.from_numpy(voice.embedding)[None])[0].numpy()


def seanet_losses(net: SeanetNet, guide: PhoneHeads, batch: Batch, generator: torch.Generator) -> dict[str, Tensor]:
    """The losses of our network that fit one without pitch and voicing."""
    with torch.autocast("cpu", torch.bfloat16):
        features = net.features(disturb(batch.samples, generator)).float()
    quantized, _, far = net.quantizer(net.to_latent(features))
    content = net.from_latent(quantized)
    with torch.autocast("cpu", torch.bfloat16):
        voice = net.voice(sn.log_mel(batch.reference))
        made = net.samples(crop_of(content, batch.crop, batch.crop_codes + WARM_CODES), voice).float()
    made = F.pad(made[:, WARM_CODES * sn.CODE_SAMPLES - sf.REACH :], (0, sf.REACH))
    frame, ctc = phonetic_losses(net.phone_frames(content), net.phone_ctc(content), batch)
    guide_frame, guide_ctc = phonetic_losses(guide.frames(features), guide.ctc(features), batch)
    phonetic = {"frame": frame, "ctc": ctc, "guide_frame": guide_frame, "guide_ctc": guide_ctc}
    phonetic |= {"alone": guide.alone_loss(quantized, batch), "commit": far}
    return phonetic | spectral_losses(sf.frames_of(made).abs(), true_spectra(batch))


def train_both(config: SpeechTrainingConfig, pool: ClipPool) -> dict[str, SpeechTokenizer]:
    """Our network and the baseline, each trained alike from the same seed, by name."""
    torch.manual_seed(config.seed)
    ours, seanet = sn.SpeechNet(config.net), SeanetNet(config.net)
    for name, net in (("ours", ours), ("seanet", seanet)):
        log.info("%s: %.2f million parameters", name, sum(p.numel() for p in net.parameters()) / 1e6)
    ours_guide = PhoneHeads(config.net.width, config.net.phones, config.net.latent_dim)
    trained = fit(ours, ours_guide, losses_of, config, pool, lambda _: None)
    seanet_guide = PhoneHeads(seanet.from_latent.out_features, config.net.phones, config.net.latent_dim)
    baseline = fit(seanet, seanet_guide, seanet_losses, config, pool, lambda _: None)
    return {"ours": NeuralSpeechTokenizer(trained), "seanet": SeanetTokenizer(baseline)}

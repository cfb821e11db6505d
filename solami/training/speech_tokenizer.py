"""Stage 1, speech: trains the speech network on human and synthesised clips.

Losses: log-mel and log-magnitude distance of the shaped spectra, pitch, voicing, phones per frame where their times are
known and CTC (Graves et al. 2006) elsewhere. Phones make the codes carry words; the voice comes from another clip.
"""

from __future__ import annotations

import logging
import math
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from pydantic import Field
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from solami.strict import Strict
from solami.tokenizers.modules import source_filter as sf
from solami.tokenizers.modules import speech_net as sn
from solami.tokenizers.speech import save_net
from solami.training.speech_augment import disturb, warp_mel
from solami.training.speech_data import PHONE_IDS, ClipPool, SpeechClip

log = logging.getLogger(__name__)

CROP_CODES = 30
WARM_CODES = 6
REFERENCE_S = 2.0


class SpeechTrainingConfig(Strict):
    """How the speech tokenizer is trained."""

    net: sn.SpeechNetConfig = sn.SpeechNetConfig()
    max_minutes: float = Field(25.0, description="the learning rate falls to zero over this time")
    batch_seconds: float = Field(45.0, description="speech a step, in whole utterances of similar length")
    learning_rate: float = 1.5e-3
    seed: int = 0
    freeze_encoder: bool = Field(False, description="keep encoder and codebook: only the decoder goes on learning")


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Whole utterances padded to one length, and where their decoder crops start."""

    samples: Tensor  # [B, S]
    f0_hz: Tensor  # [B, S / HOP]
    frame_phones: Tensor  # [B, S / CODE_SAMPLES], -100 where not known
    phones: list[Tensor]  # CTC targets
    codes: Tensor  # [B] length in codes
    crop: Tensor  # [B] first code of the crop
    reference: Tensor  # [B, R]


def frame_labels(clip: SpeechClip, codes: int) -> np.ndarray:
    """Phone id at the middle of each code, -100 where times are unknown."""
    if len(clip.starts_s) == 0:
        return np.full(codes, -100)
    middles = (np.arange(codes) + 0.5) * sn.CODE_SAMPLES / sf.SAMPLE_RATE
    return clip.phones[np.clip(np.searchsorted(clip.starts_s, middles, side="right") - 1, 0, None)].astype(np.int64)


def collate(pairs: list[tuple[SpeechClip, SpeechClip]], rng: np.random.Generator) -> Batch:
    """Pad clips to a batch, each at a random level, and cut a reference from each partner."""
    lengths = [max(len(clip.samples) // sn.CODE_SAMPLES, CROP_CODES + WARM_CODES) for clip, _ in pairs]
    codes, count = max(lengths), len(pairs)
    samples = np.zeros((count, codes * sn.CODE_SAMPLES), np.float32)
    f0_hz = np.zeros((count, codes * sn.FRAMES_PER_CODE), np.float32)
    labels = np.full((count, codes), -100)
    reference = np.zeros((count, int(REFERENCE_S * sf.SAMPLE_RATE)), np.float32)
    for row, (clip, other) in enumerate(pairs):
        wave = clip.samples[: samples.shape[1]] / 32768.0
        gain = 10 ** rng.uniform(-0.5, 0.2) * 0.1 / (np.sqrt(np.mean(wave**2)) + 1e-4)
        samples[row, : len(wave)] = wave * min(gain, 0.99 / (np.abs(wave).max() + 1e-4))
        f0_hz[row, : len(clip.f0_hz[: f0_hz.shape[1]])] = clip.f0_hz[: f0_hz.shape[1]]
        labels[row, : lengths[row]] = frame_labels(clip, lengths[row])
        start = rng.integers(0, max(1, len(other.samples) - reference.shape[1]))
        piece = other.samples[start : start + reference.shape[1]] / 32768.0
        reference[row] = np.resize(piece * 0.1 / (np.sqrt(np.mean(piece**2)) + 1e-4), reference.shape[1])
    crop = [rng.integers(0, max(1, length - CROP_CODES - WARM_CODES + 1)) for length in lengths]
    return Batch(
        torch.from_numpy(samples),
        torch.from_numpy(f0_hz),
        torch.from_numpy(labels),
        [torch.from_numpy(clip.phones[clip.phones != PHONE_IDS["pau"]].astype(np.int64)) for clip, _ in pairs],
        torch.tensor(lengths),
        torch.tensor(crop),
        torch.from_numpy(reference),
    )


def crop_of(x: Tensor, starts: Tensor, length: int) -> Tensor:
    """x [B, T, ...] -> [B, length, ...] from each row's start."""
    return torch.stack([row[start : start + length] for row, start in zip(x, starts.tolist(), strict=True)])


class PhoneHeads(nn.Module):
    """Phones from the encoder's features before they are quantised: a guide for training, kept in no file."""

    def __init__(self, config: sn.SpeechNetConfig) -> None:
        super().__init__()
        self.frames = nn.Linear(config.width, config.phones)
        self.ctc = nn.Linear(config.width, config.phones)


def phonetic_losses(frames: Tensor, ctc_logits: Tensor, batch: Batch) -> tuple[Tensor, Tensor]:
    """Cross entropy per frame where times are known, and CTC, from logits [B, T, phones]."""
    known = F.cross_entropy(frames.flatten(0, 1), batch.frame_phones.flatten(), ignore_index=-100)
    log_probs = ctc_logits.log_softmax(-1).transpose(0, 1)
    targets = torch.cat(batch.phones)
    lengths = torch.tensor([len(p) for p in batch.phones])
    ctc = F.ctc_loss(log_probs, targets, batch.codes, lengths, zero_infinity=True)
    return torch.nan_to_num(known), ctc


def acoustic_losses(acoustics: sn.Acoustics, samples: Tensor, f0_hz: Tensor) -> dict[str, Tensor]:
    """Distances of a decoded crop to the clean one; the true pitch drives the pulses."""
    voiced = (f0_hz > 0).float()
    drive = torch.where(f0_hz > 0, f0_hz, torch.full_like(f0_hz, sf.UNVOICED_HZ))
    pulses, noise, _ = sf.excite(drive, torch.zeros(len(drive)), 0)
    sides = (sf.REACH, sf.REACH)
    made = sn.shape_spectra(acoustics, voiced, F.pad(pulses, sides), F.pad(noise, sides)).abs()
    true = sf.frames_of(F.pad(samples, sides)).abs()
    mel = (torch.log(made @ sn.mel_matrix() + 1e-3) - torch.log(true @ sn.mel_matrix() + 1e-3)).abs().mean()
    fine = (torch.log(made + 3e-3) - torch.log(true + 3e-3)).abs().mean()
    pitch = ((acoustics.log_f0 - drive.log()).abs() * voiced).sum() / voiced.sum().clamp(min=1)
    voicing = F.binary_cross_entropy_with_logits(acoustics.voicing, voiced)
    return {"mel": mel, "fine": fine, "pitch": pitch, "voicing": voicing}


def losses_of(net: sn.SpeechNet, guide: PhoneHeads, batch: Batch, generator: torch.Generator) -> dict[str, Tensor]:
    """All losses of one batch, by name."""
    disturbed = F.pad(disturb(batch.samples, generator), (0, sn.LOOKAHEAD_CODES * sn.CODE_SAMPLES))
    mel = sn.log_mel(disturbed)
    if torch.rand((), generator=generator) < 0.5:
        mel = warp_mel(mel, generator)
    with torch.autocast("cpu", torch.bfloat16):
        features = net.encoder.features(mel)[:, sn.LOOKAHEAD_CODES :]
        latents = net.encoder.leave(features)
    quantized, _ = net.quantizer(latents.float())
    with torch.autocast("cpu", torch.bfloat16):
        content = net.decoder.content(quantized)
        voice = net.voice(sn.log_mel(batch.reference))
        window = crop_of(content.transpose(1, 2), batch.crop, CROP_CODES + WARM_CODES).transpose(1, 2)
        acoustics = net.decoder(window, voice.float())
    heard, known = content.transpose(1, 2).float(), features.float()
    frame, ctc = phonetic_losses(net.decoder.phone_frames(heard), net.decoder.phone_ctc(heard), batch)
    guide_frame, guide_ctc = phonetic_losses(guide.frames(known), guide.ctc(known), batch)
    warm = WARM_CODES * sn.FRAMES_PER_CODE
    late = sn.Acoustics(*(getattr(acoustics, name)[:, warm:] for name in sn.Acoustics.__slots__))
    first = batch.crop + WARM_CODES
    samples = crop_of(batch.samples, first * sn.CODE_SAMPLES, CROP_CODES * sn.CODE_SAMPLES)
    f0_hz = crop_of(batch.f0_hz, first * sn.FRAMES_PER_CODE, CROP_CODES * sn.FRAMES_PER_CODE)
    phonetic = {"frame": frame, "ctc": ctc, "guide_frame": guide_frame, "guide_ctc": guide_ctc}
    return phonetic | acoustic_losses(late, samples, f0_hz)


WEIGHTS = {"frame": 1.0, "ctc": 0.25, "guide_frame": 0.5, "guide_ctc": 0.25}
WEIGHTS |= {"mel": 1.0, "fine": 0.5, "pitch": 2.0, "voicing": 0.5}


AVERAGE_DECAY = 0.998
SAVE_EVERY_S = 120.0


def train(config: SpeechTrainingConfig, pool: ClipPool, save: Path, start: sn.SpeechNet | None = None) -> sn.SpeechNet:
    """Train for `max_minutes`, writing an averaged network to `save` every two minutes; returns that average."""
    torch.manual_seed(config.seed)
    rng, generator = np.random.default_rng(config.seed), torch.Generator().manual_seed(config.seed)
    net = start or sn.SpeechNet(config.net)
    if config.freeze_encoder:
        net.encoder.requires_grad_(False)
    average = AveragedModel(net, multi_avg_fn=get_ema_multi_avg_fn(AVERAGE_DECAY))
    guide = PhoneHeads(net.config)
    trained = [p for p in [*net.parameters(), *guide.parameters()] if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, config.learning_rate, betas=(0.9, 0.98), weight_decay=0.01, fused=True)
    began, saved, step = time.monotonic(), 0.0, 0
    while (elapsed := time.monotonic() - began) < config.max_minutes * 60:
        for group in optimizer.param_groups:
            group["lr"] = config.learning_rate * rate_share(step, elapsed / (config.max_minutes * 60))
        losses = losses_of(net, guide, collate(pool.draw(rng, config.batch_seconds), rng), generator)
        optimizer.zero_grad()
        torch.stack([WEIGHTS[name] * value for name, value in losses.items()]).sum().backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimizer.step()
        average.update_parameters(net)
        step += 1
        if step % 50 == 0:
            shown = " ".join(f"{name} {value.item():.3f}" for name, value in losses.items())
            log.info("step %d, %.1f min: %s", step, elapsed / 60, shown)
        if elapsed - saved > SAVE_EVERY_S:
            saved = elapsed
            save_net(_network(average), save)
    save_net(_network(average), save)
    return _network(average)


def rate_share(step: int, progress: float) -> float:
    """Share of the learning rate: 200 steps of warm-up, then a cosine over the run's time to 2 %."""
    return min(1.0, (step + 1) / 200) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * progress)))


def _network(average: AveragedModel) -> sn.SpeechNet:
    assert isinstance(average.module, sn.SpeechNet)
    return average.module

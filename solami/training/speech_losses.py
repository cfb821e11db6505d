"""What the speech tokenizer is trained to keep.

Log-mel and log-magnitude distance of the shaped spectra, pitch, voicing; phones per frame where their times are known,
and CTC (Graves et al. 2006) for all clips. Phones make the codes carry words.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from solami.tokenizers.modules import source_filter as sf
from solami.tokenizers.modules import speech_net as sn
from solami.training.speech_augment import disturb, mask_mel, warp_mel
from solami.training.speech_batches import WARM_CODES, Batch

WEIGHTS = {"frame": 1.0, "ctc": 0.25, "guide_frame": 0.5, "guide_ctc": 0.25, "alone": 1.0, "commit": 0.5}
WEIGHTS |= {"mel": 1.0, "fine": 0.5, "pitch": 2.0, "voicing": 0.5, "critic": 0.4, "matched": 1.0}
OF_GUIDES = {"guide_frame", "guide_ctc", "alone"}  # left out where codes stay: guides start untaught
CLEAN_SHARE = 0.7  # of the batches from which is learned around codes that stay
UNDISTURBED_SHARE = 0.4  # of the clips from which all learns


def crop_of(x: Tensor, starts: Tensor, length: int) -> Tensor:
    """x [B, T, ...] -> [B, length, ...] from each row's start."""
    return torch.stack([row[start : start + length] for row, start in zip(x, starts.tolist(), strict=True)])


class PhoneHeads(nn.Module):
    """Phones from the encoder's features before they are quantised, and from single code vectors: kept in no file."""

    def __init__(self, width: int, phones: int, latent_dim: int) -> None:
        super().__init__()
        self.frames, self.ctc = nn.Linear(width, phones), nn.Linear(width, phones)
        self.alone = nn.Linear(latent_dim, 2 * phones)

    def alone_loss(self, vectors: Tensor, batch: Batch) -> Tensor:
        """Cross entropy of the phones of both halves of a code, by its own vector [B, T, D] alone."""
        logits = self.alone(vectors).unflatten(-1, (2, -1))
        known = F.cross_entropy(logits.flatten(0, 2), batch.half_phones.flatten(), ignore_index=-100)
        return torch.nan_to_num(known)


def phonetic_losses(frames: Tensor, ctc_logits: Tensor, batch: Batch) -> tuple[Tensor, Tensor]:
    """Cross entropy per frame where times are known, and CTC, from logits [B, T, phones]."""
    known = F.cross_entropy(frames.flatten(0, 1), batch.frame_phones.flatten(), ignore_index=-100)
    log_probs = ctc_logits.log_softmax(-1).transpose(0, 1)
    targets = torch.cat(batch.phones)
    lengths = torch.tensor([len(p) for p in batch.phones])
    ctc = F.ctc_loss(log_probs, targets, batch.codes, lengths, zero_infinity=True)
    return torch.nan_to_num(known), ctc


@dataclass(frozen=True, slots=True, eq=False)
class Crop:
    """A decoded crop beside what it shall sound like; T frames of 10 ms."""

    acoustics: sn.Acoustics
    spectra: Tensor  # [B, T, BINS] complex, shaped by the true pitch
    true: Tensor  # [B, T, BINS] magnitudes
    f0_hz: Tensor  # [B, T], 0 where unvoiced


def drive_of(f0_hz: Tensor) -> Tensor:
    """Pitch of the excitation [B, T]; a steady rate where unvoiced."""
    return torch.where(f0_hz > 0, f0_hz, torch.full_like(f0_hz, sf.UNVOICED_HZ))


def acoustic_losses(crop: Crop) -> dict[str, Tensor]:
    """Distances of a decoded crop to the true one."""
    voiced, acoustics = (crop.f0_hz > 0).float(), crop.acoustics
    pitch = ((acoustics.log_f0 - drive_of(crop.f0_hz).log()).abs() * voiced).sum() / voiced.sum().clamp(min=1)
    voicing = F.binary_cross_entropy_with_logits(acoustics.voicing, voiced)
    return spectral_losses(crop.spectra.abs(), crop.true) | {"pitch": pitch, "voicing": voicing}


def true_spectra(batch: Batch) -> Tensor:
    """Magnitude spectra [B, T, BINS] of what the crops of a batch shall sound like."""
    return torch.fft.rfft(batch.said * sf.window(), dim=-1).abs()


def spectral_losses(made: Tensor, true: Tensor) -> dict[str, Tensor]:
    """Distances of magnitude spectra [B, T, BINS]: of their log-mel, and of the bins themselves."""
    mel = (torch.log(made @ sn.mel_matrix() + 1e-3) - torch.log(true @ sn.mel_matrix() + 1e-3)).abs().mean()
    return {"mel": mel, "fine": (torch.log(made + 3e-3) - torch.log(true + 3e-3)).abs().mean()}


def losses_of(net: sn.SpeechNet, guide: PhoneHeads, batch: Batch, generator: torch.Generator) -> dict[str, Tensor]:
    """All losses of one batch, by name."""
    is_clean = torch.rand(len(batch.samples), 1, 1, generator=generator) < UNDISTURBED_SHARE
    mel = torch.where(is_clean, _mel(batch.samples), mask_mel(_heard_mel(batch, generator), generator))
    phonetic, content = words_of(net, guide, batch, mel)
    return phonetic | acoustic_losses(decode_crop(net, batch, content))


def encoder_losses(net: sn.SpeechNet, guide: PhoneHeads, batch: Batch, generator: torch.Generator) -> dict[str, Tensor]:
    """The losses of an encoder beside a decoder that stays."""
    losses = losses_of(net, guide, batch, generator)
    return {name: loss for name, loss in losses.items() if name not in OF_GUIDES}


def decoder_crop(
    net: sn.SpeechNet, guide: PhoneHeads, batch: Batch, generator: torch.Generator
) -> tuple[dict[str, Tensor], Crop]:
    """Phonetic losses and a crop where codes stay: nothing is masked, most is clean, as what the LLM learns from."""
    is_clean = torch.rand((), generator=generator) < CLEAN_SHARE
    losses, content = words_of(net, guide, batch, _mel(batch.samples) if is_clean else _heard_mel(batch, generator))
    phonetic = {name: loss for name, loss in losses.items() if name not in OF_GUIDES}
    return phonetic, decode_crop(net, batch, content)


def _heard_mel(batch: Batch, generator: torch.Generator) -> Tensor:
    """Log-mel of disturbed clips, half of the batches in another voice."""
    mel = _mel(disturb(batch.samples, generator))
    return warp_mel(mel, generator) if torch.rand((), generator=generator) < 0.5 else mel


def _mel(samples: Tensor) -> Tensor:
    """Log-mel of samples [B, S] with the silence that the encoder looks ahead into."""
    return sn.log_mel(F.pad(samples, (0, sn.LOOKAHEAD_CODES * sn.CODE_SAMPLES)))


def words_of(net: sn.SpeechNet, guide: PhoneHeads, batch: Batch, mel: Tensor) -> tuple[dict[str, Tensor], Tensor]:
    """The phonetic losses of what is heard, and the content [B, C, T] of its codes."""
    with torch.autocast("cpu", torch.bfloat16):
        features = net.encoder.features(mel)[:, sn.LOOKAHEAD_CODES :]
        latents = net.encoder.leave(features)
    quantized, _, far = net.quantizer(latents.float())
    with torch.autocast("cpu", torch.bfloat16):
        content: Tensor = net.decoder.content(quantized)
    heard, known = content.transpose(1, 2).float(), features.float()
    frame, ctc = phonetic_losses(net.decoder.phone_frames(heard), net.decoder.phone_ctc(heard), batch)
    guide_frame, guide_ctc = phonetic_losses(guide.frames(known), guide.ctc(known), batch)
    named = {"frame": frame, "ctc": ctc, "guide_frame": guide_frame, "guide_ctc": guide_ctc}
    return named | {"alone": guide.alone_loss(quantized, batch), "commit": far}, content


def decode_crop(net: sn.SpeechNet, batch: Batch, content: Tensor) -> Crop:
    """A crop decoded from content [B, C, T] in the voice of the reference, without the codes that warm it up."""
    with torch.autocast("cpu", torch.bfloat16):
        voice = net.voice(sn.log_mel(batch.reference))
        window = crop_of(content.transpose(1, 2), batch.crop, batch.crop_codes + WARM_CODES).transpose(1, 2)
        acoustics = net.decoder(window, voice.float())
    warm = WARM_CODES * sn.FRAMES_PER_CODE
    late = sn.Acoustics(*(getattr(acoustics, name)[:, warm:] for name in sn.Acoustics.__slots__))
    return Crop(late, _shaped(late, batch.said_f0_hz), true_spectra(batch), batch.said_f0_hz)


def _shaped(acoustics: sn.Acoustics, f0_hz: Tensor) -> Tensor:
    """Complex spectra [B, T, BINS] of the acoustics, driven by the true pitch."""
    pulses, noise, _ = sf.excite(drive_of(f0_hz), torch.zeros(len(f0_hz)), 0)
    sides = (sf.REACH, sf.REACH)
    return sn.shape_spectra(acoustics, (f0_hz > 0).float(), F.pad(pulses, sides), F.pad(noise, sides))

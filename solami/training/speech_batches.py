"""Batches of whole utterances for the speech tokenizer, with phone labels, pitch and references of the same speaker."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from solami.tokenizers.modules import source_filter as sf
from solami.tokenizers.modules import speech_net as sn
from solami.training.speech_data import PHONE_IDS, SpeechClip

WARM_CODES = 6  # decoded before a crop and not compared: a decoder starts from nothing there
REFERENCE_S = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Whole utterances padded to one length, and where their decoder crops start."""

    samples: Tensor  # [B, S]
    f0_hz: Tensor  # [B, S / HOP]
    frame_phones: Tensor  # [B, S / CODE_SAMPLES], -100 where not known
    half_phones: Tensor  # [B, S / CODE_SAMPLES, 2], the same of both halves of a code
    phones: list[Tensor]  # CTC targets
    codes: Tensor  # [B] length in codes
    crop: Tensor  # [B] first code of the crop
    crop_codes: int  # its length, without the codes that warm it up
    reference: Tensor  # [B, R]


def frame_labels(clip: SpeechClip, codes: int, parts: int = 1) -> np.ndarray:
    """Phone id at the middle of each of a code's `parts` [codes * parts], -100 where times are unknown."""
    if len(clip.starts_s) == 0:
        return np.full(codes * parts, -100)
    middles = (np.arange(codes * parts) + 0.5) * sn.CODE_SAMPLES / sf.SAMPLE_RATE / parts
    return clip.phones[np.clip(np.searchsorted(clip.starts_s, middles, side="right") - 1, 0, None)].astype(np.int64)


def collate(pairs: list[tuple[SpeechClip, SpeechClip]], crop_codes: int, rng: np.random.Generator) -> Batch:
    """Pad clips to a batch, each at a random level, and cut a reference from each partner."""
    lengths = [max(len(clip.samples) // sn.CODE_SAMPLES, crop_codes + WARM_CODES) for clip, _ in pairs]
    codes, count = max(lengths), len(pairs)
    samples = np.zeros((count, codes * sn.CODE_SAMPLES), np.float32)
    f0_hz = np.zeros((count, codes * sn.FRAMES_PER_CODE), np.float32)
    labels, halves = np.full((count, codes), -100), np.full((count, codes, 2), -100)
    reference = np.zeros((count, int(REFERENCE_S * sf.SAMPLE_RATE)), np.float32)
    for row, (clip, other) in enumerate(pairs):
        wave = clip.samples[: samples.shape[1]] / 32768.0
        gain = 10 ** rng.uniform(-0.5, 0.2) * 0.1 / (np.sqrt(np.mean(wave**2)) + 1e-4)
        samples[row, : len(wave)] = wave * min(gain, 0.99 / (np.abs(wave).max() + 1e-4))
        f0_hz[row, : len(clip.f0_hz[: f0_hz.shape[1]])] = clip.f0_hz[: f0_hz.shape[1]]
        labels[row, : lengths[row]] = frame_labels(clip, lengths[row])
        halves[row, : lengths[row]] = frame_labels(clip, lengths[row], 2).reshape(-1, 2)
        start = rng.integers(0, max(1, len(other.samples) - reference.shape[1]))
        piece = other.samples[start : start + reference.shape[1]] / 32768.0
        reference[row] = np.resize(piece * 0.1 / (np.sqrt(np.mean(piece**2)) + 1e-4), reference.shape[1])
    crop = [rng.integers(0, max(1, length - crop_codes - WARM_CODES + 1)) for length in lengths]
    return Batch(
        torch.from_numpy(samples),
        torch.from_numpy(f0_hz),
        torch.from_numpy(labels),
        torch.from_numpy(halves),
        [torch.from_numpy(clip.phones[clip.phones != PHONE_IDS["pau"]].astype(np.int64)) for clip, _ in pairs],
        torch.tensor(lengths),
        torch.tensor(crop),
        crop_codes,
        torch.from_numpy(reference),
    )

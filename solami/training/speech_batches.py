"""Batches of utterances for the speech tokenizer: what is heard, its phones, and how a crop of it shall be said."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from solami.audio.level import rms
from solami.datasets.phones import PAUSE, PHONE_IDS
from solami.frames import FloatArray
from solami.tokenizers.modules import source_filter as sf
from solami.tokenizers.modules import speech_net as sn
from solami.tokenizers.speech import REFERENCE_RMS
from solami.training.speech_data import SpeechClip
from solami.training.speech_pool import Drawn

WARM_CODES = 6  # decoded before a crop and not compared: a decoder starts from nothing there
REFERENCE_S = 2.0
HEARD_RMS = (0.032, 0.16)
SAID_RMS = 0.07  # codes hold no level, so a decoder that is asked for many learns none, and spectra worse


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Whole utterances padded to one length, where their decoder crops start, and what those shall sound like."""

    samples: Tensor  # [B, S]
    frame_phones: Tensor  # [B, S / CODE_SAMPLES], -100 where not known
    half_phones: Tensor  # [B, S / CODE_SAMPLES, 2], the same of both halves of a code
    phones: list[Tensor]  # CTC targets
    codes: Tensor  # [B] length in codes
    crop: Tensor  # [B] first code of the crop
    crop_codes: int  # its length, without the codes that warm it up
    said: Tensor  # [B, F, WINDOW] windows of samples, one for each of the F frames of a crop
    said_f0_hz: Tensor  # [B, F], 0 where unvoiced
    reference: Tensor  # [B, R]


def frame_labels(clip: SpeechClip, codes: int, parts: int = 1) -> np.ndarray:
    """Phone id at the middle of each of a code's `parts` [codes * parts], -100 where times are unknown."""
    if len(clip.starts_s) == 0:
        return np.full(codes * parts, -100)
    middles = (np.arange(codes * parts) + 0.5) * sn.CODE_SAMPLES / sf.SAMPLE_RATE / parts
    return clip.phones[np.clip(np.searchsorted(clip.starts_s, middles, side="right") - 1, 0, None)].astype(np.int64)


def collate(drawn: list[Drawn], crop_codes: int, rng: np.random.Generator) -> Batch:
    """Pad clips to a batch, each heard at a random level, and cut a reference from each partner."""
    lengths = [max(len(d.heard.samples) // sn.CODE_SAMPLES, crop_codes + WARM_CODES) for d in drawn]
    codes, count = max(lengths), len(drawn)
    samples = np.zeros((count, codes * sn.CODE_SAMPLES), np.float32)
    labels, halves = np.full((count, codes), -100), np.full((count, codes, 2), -100)
    frames = crop_codes * sn.FRAMES_PER_CODE
    said, said_f0_hz = np.zeros((count, frames, sf.WINDOW), np.float32), np.zeros((count, frames), np.float32)
    crop = [int(rng.integers(0, max(1, length - crop_codes - WARM_CODES + 1))) for length in lengths]
    for row, (each, length) in enumerate(zip(drawn, lengths, strict=True)):
        wave = _at_level(each.heard, 10 ** rng.uniform(*np.log10(HEARD_RMS)))[: samples.shape[1]]
        samples[row, : len(wave)] = wave
        labels[row, :length] = frame_labels(each.heard, length)
        halves[row, :length] = frame_labels(each.heard, length, 2).reshape(-1, 2)
        said[row], said_f0_hz[row] = said_frames(each, (crop[row] + WARM_CODES) * sn.FRAMES_PER_CODE, frames)
    return Batch(
        torch.from_numpy(samples),
        torch.from_numpy(labels),
        torch.from_numpy(halves),
        [torch.from_numpy(d.heard.phones[d.heard.phones != PHONE_IDS[PAUSE]].astype(np.int64)) for d in drawn],
        torch.tensor(lengths),
        torch.tensor(crop),
        crop_codes,
        torch.from_numpy(said),
        torch.from_numpy(said_f0_hz),
        torch.from_numpy(np.stack([_reference(d.reference, rng) for d in drawn])),
    )


def said_frames(drawn: Drawn, first: int, count: int) -> tuple[FloatArray, FloatArray]:
    """Windows of samples [count, WINDOW] of what shall be said, and their pitch [count], from a frame of the heard on.

    Where another voice says it, each phone's frames are taken as evenly from that voice's as they lie in the heard.
    """
    middles_s = (np.arange(first, first + count) + 0.5) * sf.HOP / sf.SAMPLE_RATE
    if drawn.said is not drawn.heard:
        middles_s = np.interp(middles_s, _knots_s(drawn.heard), _knots_s(drawn.said))
    wave, f0_hz = _at_level(drawn.said, SAID_RMS), drawn.said.f0_hz
    starts = np.round(middles_s * sf.SAMPLE_RATE).astype(int) - sf.WINDOW // 2
    places = starts[:, None] + np.arange(sf.WINDOW)
    windows = np.where((places >= 0) & (places < len(wave)), wave[np.clip(places, 0, len(wave) - 1)], 0)
    hops = (middles_s * sf.SAMPLE_RATE / sf.HOP).astype(int)
    pitch = np.where(hops < len(f0_hz), f0_hz[np.clip(hops, 0, len(f0_hz) - 1)], 0)
    return windows.astype(np.float32), pitch.astype(np.float32)


def _knots_s(clip: SpeechClip) -> FloatArray:
    """Where the phones of a clip start, where it ends, and a time long after it, which is silent."""
    end_s = len(clip.samples) / sf.SAMPLE_RATE
    return np.concatenate([clip.starts_s, [end_s, end_s + 60.0]]).astype(np.float32)


def _at_level(clip: SpeechClip, wanted_rms: float) -> FloatArray:
    """A clip's samples at a level, or as near to it as goes without clipping."""
    wave = clip.samples.astype(np.float32) / np.float32(32768.0)
    gain = wanted_rms / (rms(wave) + 1e-4)
    return np.asarray(wave * min(gain, 0.99 / (np.abs(wave).max() + 1e-4)), np.float32)


def _reference(clip: SpeechClip, rng: np.random.Generator) -> FloatArray:
    """Two seconds of a clip, or fewer again and again, at one level."""
    size = int(REFERENCE_S * sf.SAMPLE_RATE)
    start = rng.integers(0, max(1, len(clip.samples) - size))
    piece = clip.samples[start : start + size].astype(np.float32) / np.float32(32768.0)
    return np.resize(piece * np.float32(REFERENCE_RMS / (rms(piece) + 1e-4)), size).astype(np.float32)

"""Long utterances cut at their pauses, so that a batch of them is neither slow nor of few voices."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from solami.datasets.phones import PAUSE, PHONE_IDS
from solami.training.speech_data import (
    HOP,
    SAMPLE_RATE,
    SpeechClip,
    load_human,
    load_synthetic,
    save_clips,
)


def at_pauses(clip: SpeechClip, longest_s: float) -> list[SpeechClip]:
    """The clip in pieces of at most `longest_s`, each as long as pauses allow.

    What lies between two pauses further apart than that is left out, and so is a long clip without phone times.
    """
    seconds = len(clip.samples) / SAMPLE_RATE
    if seconds <= longest_s:
        return [clip]
    if len(clip.starts_s) == 0:
        return []
    ends_s = np.append(clip.starts_s[1:], seconds)
    pauses_s = ((clip.starts_s + ends_s) / 2)[clip.phones == PHONE_IDS[PAUSE]]
    cuts_s = [0.0, *(float(p) for p in pauses_s if 0 < p < seconds), seconds]
    pieces, begin = [], 0
    while begin < len(cuts_s) - 1:
        fits = [i for i in range(begin + 1, len(cuts_s)) if cuts_s[i] - cuts_s[begin] <= longest_s]
        if fits:
            pieces.append(_piece(clip, cuts_s[begin], cuts_s[fits[-1]]))
        begin = fits[-1] if fits else begin + 1
    return [piece for piece in pieces if len(piece.samples) >= SAMPLE_RATE]


def _piece(clip: SpeechClip, begin_s: float, end_s: float) -> SpeechClip:
    """The part between two times, on whole pitch hops."""
    first, last = round(begin_s * SAMPLE_RATE / HOP), round(end_s * SAMPLE_RATE / HOP)
    begin_s = first * HOP / SAMPLE_RATE
    one = max(0, int(np.searchsorted(clip.starts_s, begin_s, side="right")) - 1)
    other = int(np.searchsorted(clip.starts_s, last * HOP / SAMPLE_RATE))
    return SpeechClip(
        clip.samples[first * HOP : last * HOP],
        clip.f0_hz[first:last],
        clip.phones[one:other],
        np.maximum(clip.starts_s[one:other] - np.float32(begin_s), 0).astype(np.float32),
        clip.speaker,
    )


def cache_human(folder: Path, split: str, max_seconds: float, longest_s: float, path: Path) -> None:
    """Human clips of up to `max_seconds`, cut into pieces of `longest_s`, into a file of `save_clips`."""
    clips = load_human(folder, split, max_seconds)
    save_clips([piece for clip in clips for piece in at_pauses(clip, longest_s)], path)


def cache_synthetic(folder: Path, path: Path) -> None:
    """`load_synthetic` into a file of `save_clips`."""
    save_clips(load_synthetic(folder), path)

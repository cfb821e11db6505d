"""How often the mouth shows what is being said: visemes from speech codes against phones whose times are known.

The times come from the synthesiser, or for recordings from forced alignment, which itself errs by some 10 to 20 ms.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solami.datasets.forced_alignment import ForcedAligner
from solami.datasets.phones import phones_of
from solami.datasets.tts import FLITE_VOICES, FliteSynthesizer
from solami.evaluation.measures import Measure, measure, pooled_mean
from solami.evaluation.recordings import Recording
from solami.frames import FloatArray
from solami.tokenizers.base import MouthDecoder, SpeechTokenizer
from solami.tokenizers.visemes import PHONE_SHAPES, phone_matrix

logger = logging.getLogger(__name__)
SILENCE = 0


@dataclass(frozen=True, slots=True, eq=False)
class TimedSpeech:
    """Speech and where its phones begin."""

    source: str
    samples: FloatArray  # [T] at 16 kHz
    phones: Sequence[str]
    starts_s: Sequence[float]


def true_visemes(phones: Sequence[str], starts_s: Sequence[float], count: int, frame_rate: float) -> NDArray[np.int64]:
    """The viseme [count] at the middle of each frame."""
    names = list(PHONE_SHAPES)
    shown = phone_matrix().argmax(axis=1)[[names.index(phone) for phone in phones]]
    middles = (np.arange(count) + 0.5) / frame_rate
    return np.asarray(shown[np.clip(np.searchsorted(starts_s, middles, side="right") - 1, 0, None)], np.int64)


def viseme_measures(
    tokenizer: SpeechTokenizer, mouth: Callable[[], MouthDecoder], clips: Iterable[TimedSpeech], split: str
) -> list[Measure]:
    """Share of 40 ms frames whose strongest viseme is the true one, by source: of all frames, and of those not silent.

    The baseline shows the source's commonest viseme all the time.
    """
    hits: dict[tuple[str, str], list[tuple[float, int]]] = defaultdict(list)
    seen: dict[tuple[str, str], Counter[int]] = defaultdict(Counter)
    for clip in clips:
        shown = _shown(tokenizer, mouth(), clip.samples)
        truth = true_visemes(clip.phones, clip.starts_s, len(shown), tokenizer.spec.frame_rate)
        for name, kept in (("viseme_accuracy", truth >= 0), ("viseme_accuracy_voiced", truth != SILENCE)):
            if kept.any():
                hits[name, clip.source].append((float((shown == truth)[kept].mean()), int(kept.sum())))
                seen[name, clip.source].update(truth[kept].tolist())
    return [
        measure(name, parts, pooled_mean, split=split, source=source, baseline=_commonest(seen[name, source]))
        for (name, source), parts in sorted(hits.items())
    ]


def aligned_clips(recordings: Iterable[Recording]) -> Iterator[TimedSpeech]:
    """Recordings at 16 kHz with phone times by forced alignment; those it fails on are left out."""
    aligner = ForcedAligner(phones_of)
    for clip in recordings:
        found = aligner.align(clip.audio.samples, clip.text)
        if found is None:
            logger.warning("its words were not found in a recording, left out: %s", clip.text)
            continue
        names, starts = [name for name, _ in found], [start for _, start in found]
        yield TimedSpeech(clip.source, clip.audio.samples, names, starts)


def synthetic_clips(texts: Iterable[str]) -> Iterator[TimedSpeech]:
    """Texts spoken by flite's voices in turn, with the synthesiser's own phone times."""
    voices = [FliteSynthesizer(voice) for voice in FLITE_VOICES]
    for number, text in enumerate(texts):
        line = voices[number % len(voices)].speak(text)
        starts = [start for _, start, _ in line.phones]
        yield TimedSpeech("synthetic", line.audio.samples, [name for name, _, _ in line.phones], starts)


def _shown(tokenizer: SpeechTokenizer, mouth: MouthDecoder, samples: FloatArray) -> NDArray[np.int64]:
    codes = tokenizer.encode(samples)
    return np.concatenate([mouth.push(codes).weights, mouth.flush().weights]).argmax(axis=1)


def _commonest(seen: Counter[int]) -> float:
    return max(seen.values()) / seen.total()

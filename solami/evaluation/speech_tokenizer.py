"""What the speech tokenizer loses on held-out recordings and synthesised lines, beside the recordings themselves."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from solami.audio.level import level_db
from solami.evaluation.measures import Listener, Measure, measure
from solami.evaluation.pitch import PitchError, pitch_error
from solami.evaluation.recognition import ErrorCount, error_rate, word_errors
from solami.evaluation.recordings import Recording
from solami.frames import AudioChunk, FloatArray
from solami.tokenizers.base import SpeechTokenizer, Voice
from solami.tokenizers.code_use import CodeUse

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Trip:
    """What one recording became in its own voice."""

    before: dict[str, ErrorCount]  # by listener
    after: dict[str, ErrorCount]
    level_db: float  # decoded, less the recording's
    mel_distance: float
    mel_distance_held: float  # of the recording's mean spectrum, held
    pitch: PitchError
    likeness: float  # cosine of the decoded speech's voice and the recording's
    apart: float  # of the recording's voice and another's


def speech_measures(
    tokenizer: SpeechTokenizer, listeners: Mapping[str, Listener], recordings: Sequence[Recording], split: str
) -> list[Measure]:
    """Of every source: word error by each listener (under its name), level, spectrum, pitch, likeness of the voice."""
    trips: dict[str, list[Trip]] = {}
    for index, recording in enumerate(recordings):
        other = tokenizer.voice_of(_other(recordings, index).audio)
        trips.setdefault(recording.source, []).append(trip(tokenizer, listeners, recording, other))
        logger.info("%s: %s", recording.source, trips[recording.source][-1].after)
    return [row for source, made in sorted(trips.items()) for row in _rows(made, split, source)]


def _other(recordings: Sequence[Recording], index: int) -> Recording:
    """One half the list away or later, of another source where there is one: the agent has a single voice."""
    away = index + len(recordings) // 2
    later = [recordings[i % len(recordings)] for i in range(away, away + len(recordings))]
    return next((other for other in later if other.source != recordings[index].source), later[0])


def speech_codebook_use(tokenizer: SpeechTokenizer, recordings: Iterable[Recording]) -> dict[str, dict[str, float]]:
    """How one pass over the recordings uses each codebook, by name (`speech_0`): share used, dead codes, perplexity."""
    use = CodeUse(tokenizer.spec)
    for recording in recordings:
        use.add(tokenizer.encode(recording.audio.samples))
    return use.report()


def trip(tokenizer: SpeechTokenizer, listeners: Mapping[str, Listener], recording: Recording, other: Voice) -> Trip:
    """One recording through the codes and back in its own voice; `other` is what its likeness is told beside."""
    samples, text = recording.audio.samples, recording.text
    voice = tokenizer.voice_of(recording.audio)
    decoded = tokenizer.decode(tokenizer.encode(samples), voice)[: len(samples)]
    got = tokenizer.voice_of(AudioChunk(decoded, tokenizer.sample_rate))
    true = log_mel(samples)
    return Trip(
        before={name: word_errors(text, listener.words(samples)) for name, listener in listeners.items()},
        after={name: word_errors(text, listener.words(decoded)) for name, listener in listeners.items()},
        level_db=level_db(decoded) - level_db(samples),
        mel_distance=float(np.abs(log_mel(decoded) - true).mean()),
        mel_distance_held=float(np.abs(true.mean(axis=0) - true).mean()),
        pitch=pitch_error(samples, decoded),
        likeness=float(got.embedding @ voice.embedding),
        apart=float(voice.embedding @ other.embedding),
    )


def log_mel(samples: FloatArray) -> FloatArray:
    """Samples [S] at 16 kHz -> log-mel [T, 80] of 25 ms windows each 10 ms, natural log."""
    from transformers.audio_utils import spectrogram, window_function

    made = spectrogram(
        samples, window_function(400, "hann"), 400, 160, fft_length=512, mel_filters=_mel_filters(), mel_floor=1e-5
    )
    return np.log(made.T).astype(np.float32)


@cache
def _mel_filters() -> FloatArray:
    from transformers.audio_utils import mel_filter_bank

    return mel_filter_bank(257, 80, 40.0, 7800.0, 16_000, norm="slaney", mel_scale="slaney").astype(np.float32)


def _rows(trips: Sequence[Trip], split: str, source: str) -> list[Measure]:
    def errors(name: str) -> Measure:
        before = error_rate([t.before[name] for t in trips])
        return measure(name, [t.after[name] for t in trips], error_rate, split=split, source=source, baseline=before)

    def mean(name: str, values: Sequence[float], baseline: float | None) -> Measure:
        return measure(name, values, _mean, split=split, source=source, baseline=baseline)

    held, apart = _mean([t.mel_distance_held for t in trips]), _mean([t.apart for t in trips])
    return [
        *(errors(name) for name in trips[0].after),
        mean("level_difference_db", [t.level_db for t in trips], None),
        mean("mel_distance", [t.mel_distance for t in trips], held),
        *_pitch_rows([t.pitch for t in trips], split, source),
        mean("voice_likeness", [t.likeness for t in trips], apart),
    ]


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values))


def _pitch_rows(pitches: Sequence[PitchError], split: str, source: str) -> list[Measure]:
    def row(name: str, values: Sequence[float], baseline: float | None) -> Measure:
        return measure(name, values, _mean, split=split, source=source, baseline=baseline)

    voiced = [pitch for pitch in pitches if not np.isnan(pitch.semitones)]
    rows = [row("voicing_error", [pitch.voicing for pitch in pitches], None)]
    if voiced:
        held = _mean([pitch.semitones_held for pitch in voiced])
        rows.append(row("pitch_error_semitones", [pitch.semitones for pitch in voiced], held))
    return rows

"""What the speech tokenizer loses on held-out recordings and synthesised lines, beside the recordings themselves."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from solami.audio.level import level_db
from solami.evaluation.measures import Listener, Measure, measure
from solami.evaluation.pitch import PitchError, pitch_error
from solami.evaluation.recognition import WordErrors, pool_errors, word_errors
from solami.evaluation.recordings import Recording
from solami.frames import AudioChunk, FloatArray
from solami.tokenizers.base import SpeechTokenizer, Voice
from solami.tokenizers.code_use import CodeUse

logger = logging.getLogger(__name__)
Hear = Callable[[int, AudioChunk], str]  # the number of a recording and its sound -> its words


@dataclass(frozen=True, slots=True)
class Trip:
    """What one recording became, in its own voice and in another's."""

    before: WordErrors
    own: WordErrors
    other: WordErrors
    level_db: float  # decoded, less the recording's
    mel_distance: float
    mel_distance_held: float  # of the recording's mean spectrum, held
    pitch: PitchError
    likeness_own: float  # cosine of the decoded speech's voice and the recording's
    likeness_other: float  # of the speech decoded in the other voice, and that voice
    likeness_apart: float  # of the recording's voice and the other voice: what no change of voice would give


def speech_measures(
    tokenizer: SpeechTokenizer, listener: Listener, recordings: Sequence[Recording], split: str
) -> list[Measure]:
    """Measures of every source: words kept, in the own voice and in another, level, spectrum, likeness of the voice."""
    trips: dict[str, list[Trip]] = {}
    for index, recording in enumerate(recordings):
        other = _other(recordings, index)
        trips.setdefault(recording.source, []).append(trip(tokenizer, listener, recording, other.audio))
        logger.info("%s: %s", recording.source, trips[recording.source][-1].own)
    return [row for source, made in sorted(trips.items()) for row in _rows(made, split, source)]


def _other(recordings: Sequence[Recording], index: int) -> Recording:
    """One half the list away or later, of another source where there is one: the agent has a single voice."""
    away = index + len(recordings) // 2
    later = [recordings[i % len(recordings)] for i in range(away, away + len(recordings))]
    return next((other for other in later if other.source != recordings[index].source), later[0])


def ear_measures(tokenizer: SpeechTokenizer, hear: Hear, recordings: Sequence[Recording], split: str) -> list[Measure]:
    """Word error behind the codec of a second listener, the server's ear, for every source; before it as baseline."""
    before: dict[str, list[WordErrors]] = {}
    after: dict[str, list[WordErrors]] = {}
    for number, recording in enumerate(recordings):
        audio, text = recording.audio, recording.text
        decoded = tokenizer.decode(tokenizer.encode(audio.samples), tokenizer.voice_of(audio))[: len(audio.samples)]
        for errors, samples in ((before, audio.samples), (after, decoded)):
            words = hear(number, AudioChunk(samples, audio.sample_rate))
            errors.setdefault(recording.source, []).append(word_errors(text, words))
    return [_ear_row(source, made, pool_errors(before[source]).rate, split) for source, made in sorted(after.items())]


def _ear_row(source: str, errors: Sequence[WordErrors], before: float, split: str) -> Measure:
    return measure(
        "word_error_of_ear", errors, lambda p: pool_errors(p).rate, split=split, source=source, baseline=before
    )


def speech_codebook_use(tokenizer: SpeechTokenizer, recordings: Iterable[Recording]) -> dict[str, dict[str, float]]:
    """How one pass over the recordings uses each codebook, by name (`speech_0`): share used, dead codes, perplexity."""
    use = CodeUse(tokenizer.spec)
    for recording in recordings:
        use.add(tokenizer.encode(recording.audio.samples))
    return use.report()


def trip(tokenizer: SpeechTokenizer, listener: Listener, recording: Recording, other: AudioChunk) -> Trip:
    """One recording through the codes and back, in its own voice and in that of `other`."""
    samples, text = recording.audio.samples, recording.text
    own_voice, other_voice = tokenizer.voice_of(recording.audio), tokenizer.voice_of(other)
    codes = tokenizer.encode(samples)
    own, changed = (tokenizer.decode(codes, voice)[: len(samples)] for voice in (own_voice, other_voice))
    true = log_mel(samples)
    return Trip(
        before=word_errors(text, listener.words(samples)),
        own=word_errors(text, listener.words(own)),
        other=word_errors(text, listener.words(changed)),
        level_db=level_db(own) - level_db(samples),
        mel_distance=float(np.abs(log_mel(own) - true).mean()),
        mel_distance_held=float(np.abs(true.mean(axis=0) - true).mean()),
        pitch=pitch_error(samples, own),
        likeness_own=_likeness(_voice_of(tokenizer, own), own_voice),
        likeness_other=_likeness(_voice_of(tokenizer, changed), other_voice),
        likeness_apart=_likeness(own_voice, other_voice),
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


def _voice_of(tokenizer: SpeechTokenizer, samples: FloatArray) -> Voice:
    return tokenizer.voice_of(AudioChunk(samples, tokenizer.sample_rate))


def _likeness(one: Voice, other: Voice) -> float:
    return float(one.embedding @ other.embedding)


def _rows(trips: Sequence[Trip], split: str, source: str) -> list[Measure]:
    def errors(name: str) -> Measure:
        parts = [getattr(t, name) for t in trips]
        before = pool_errors([t.before for t in trips]).rate
        shown = {"own": "word_error", "other": "word_error_other_voice"}[name]
        return measure(shown, parts, lambda p: pool_errors(p).rate, split=split, source=source, baseline=before)

    def mean(name: str, field: str, baseline: float | None) -> Measure:
        parts = [float(getattr(t, field)) for t in trips]
        return measure(name, parts, lambda p: float(np.mean(p)), split=split, source=source, baseline=baseline)

    apart = float(np.mean([t.likeness_apart for t in trips]))
    held = float(np.mean([t.mel_distance_held for t in trips]))
    return [
        errors("own"),
        errors("other"),
        mean("level_difference_db", "level_db", None),
        mean("mel_distance", "mel_distance", held),
        *_pitch_rows([t.pitch for t in trips], split, source),
        mean("voice_likeness", "likeness_own", apart),
        mean("voice_likeness_other_voice", "likeness_other", apart),
    ]


def _pitch_rows(pitches: Sequence[PitchError], split: str, source: str) -> list[Measure]:
    def row(name: str, values: Sequence[float], baseline: float | None) -> Measure:
        return measure(name, values, lambda p: float(np.mean(p)), split=split, source=source, baseline=baseline)

    voiced = [pitch for pitch in pitches if not np.isnan(pitch.semitones)]
    rows = [row("voicing_error", [pitch.voicing for pitch in pitches], None)]
    if voiced:
        held = float(np.mean([pitch.semitones_held for pitch in voiced]))
        rows.append(row("pitch_error_semitones", [pitch.semitones for pitch in voiced], held))
    return rows

"""Whether a recording will do as the reference of a voice, and what to mend where it will not. Embeds nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from solami.audio.front_end import count_clipped
from solami.audio.level import to_dbfs
from solami.audio.vad import VAD_HZ, WINDOW, SileroProbability
from solami.errors import InputError
from solami.frames import AudioChunk, FloatArray

SPEECH = 0.5  # probability from which on a window is speech
MIN_SPEECH_S = 3.0
MAX_SECONDS = 60.0
QUIET_DBFS, LOUD_DBFS = -38.0, -8.0  # of the speech
MAX_CLIPPED = 0.001
MIN_SNR_DB = 15.0
MAX_SILENCE = 0.6


@dataclass(frozen=True, slots=True)
class VoiceReport:
    """What was measured of a voice reference, and its faults in words."""

    seconds: float
    speech_s: float
    speech_dbfs: float
    noise_dbfs: float  # of the quietest tenth; -120 for digital silence
    silence_share: float
    clipped: float  # share of samples in flattened peaks
    faults: tuple[str, ...]


def check_voice(audio: AudioChunk) -> VoiceReport:
    """Measure a reference at 16 kHz. Raises InputError for another rate; a bad recording is a report with faults."""
    if audio.sample_rate != VAD_HZ:
        raise InputError(f"voice reference: got {audio.sample_rate} Hz, expected {VAD_HZ}; resample it first")
    count = len(audio.samples) // WINDOW
    windows = audio.samples[: count * WINDOW].reshape(count, WINDOW)
    detector = SileroProbability()
    is_speech = np.array([detector(window) >= SPEECH for window in windows], bool)
    power = np.square(windows, dtype=np.float64).mean(axis=1)
    report = VoiceReport(
        seconds=len(audio.samples) / VAD_HZ,
        speech_s=float(is_speech.sum()) * WINDOW / VAD_HZ,
        speech_dbfs=_level(power[is_speech]),
        noise_dbfs=_level(np.sort(power)[: max(1, count // 10)]),
        silence_share=1.0 - float(is_speech.mean()) if count else 1.0,
        clipped=count_clipped(audio.samples) / max(1, len(audio.samples)),
        faults=(),
    )
    return VoiceReport(**{name: getattr(report, name) for name in report.__slots__} | {"faults": _faults(report)})


def _level(power: FloatArray) -> float:
    return to_dbfs(float(power.mean()) ** 0.5) if len(power) else -120.0


def _faults(report: VoiceReport) -> tuple[str, ...]:
    """Sentences of what was got, what is expected and how to mend it."""
    found = []
    if report.seconds > MAX_SECONDS:
        found.append(f"it lasts {report.seconds:.0f} s, expected at most {MAX_SECONDS:.0f} s: cut out the clearest 6 s")
    if report.speech_s < MIN_SPEECH_S:
        wanted = f"expected {MIN_SPEECH_S:.0f} to 6 s or more"
        found.append(f"it holds {report.speech_s:.1f} s of speech, {wanted}: record more, one speaker, no music")
        return tuple(found)  # the rest is measured on speech
    if not QUIET_DBFS <= report.speech_dbfs <= LOUD_DBFS:
        way = "raise" if report.speech_dbfs < QUIET_DBFS else "lower"
        wanted = f"expected {QUIET_DBFS:.0f} to {LOUD_DBFS:.0f}"
        found.append(f"its speech is at {report.speech_dbfs:.0f} dBFS, {wanted}: {way} the gain")
    if report.clipped > MAX_CLIPPED:
        found.append(f"{100 * report.clipped:.1f} % of it is clipped, expected none: record again with less gain")
    distance = report.speech_dbfs - report.noise_dbfs
    if distance < MIN_SNR_DB:
        cure = "record in a quiet room, close to the microphone"
        found.append(f"its noise is {distance:.0f} dB under the speech, expected {MIN_SNR_DB:.0f} or more: {cure}")
    if report.silence_share > MAX_SILENCE:
        share = 100 * report.silence_share
        found.append(f"{share:.0f} % of it is no speech, expected at most {100 * MAX_SILENCE:.0f} %: cut the pauses")
    return tuple(found)

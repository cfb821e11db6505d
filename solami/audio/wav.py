"""Audio files in and out: mono float32, with one clear sentence when a file cannot be used."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

from solami.audio.resample import resample
from solami.errors import InputError
from solami.frames import AudioChunk

MAX_SECONDS = 600.0


def read_audio(path: Path, sample_rate: int) -> AudioChunk:
    """Read any file libsndfile knows as mono samples at `sample_rate`.

    Raises:
        InputError: the file is missing, is not audio, is empty, too long, or holds NaN.
    """
    if not path.is_file():
        raise InputError(f"{path}: no such file; give a WAV, FLAC or OGG file.")
    try:
        samples, source_hz = soundfile.read(path, dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, RuntimeError) as error:
        raise InputError(f"{path}: not an audio file that can be read; give a WAV, FLAC or OGG file.") from error
    if not len(samples):
        raise InputError(f"{path}: got no samples; give a file with at least some audio in it.")
    if len(samples) > MAX_SECONDS * source_hz:
        raise InputError(f"{path}: got {len(samples) / source_hz:.0f} s, expected at most {MAX_SECONDS:.0f} s; cut it.")
    if not np.isfinite(samples).all():
        raise InputError(f"{path}: got NaN or infinite samples; give finite ones in [-1, 1].")
    mono = np.ascontiguousarray(samples.mean(axis=1), dtype=np.float32)
    return AudioChunk(np.ascontiguousarray(resample(mono, source_hz, sample_rate)), sample_rate)


def write_wav(path: Path, audio: AudioChunk) -> None:
    """Write PCM16; samples beyond [-1, 1] are clipped."""
    soundfile.write(path, np.clip(audio.samples, -1.0, 1.0), audio.sample_rate, subtype="PCM_16", format="WAV")

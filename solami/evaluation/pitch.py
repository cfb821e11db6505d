"""How far decoded speech's pitch lies from the recording's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from solami.frames import FloatArray
from solami.training.speech_data import track_pitch

SEMITONES_AN_OCTAVE = 12.0


@dataclass(frozen=True, slots=True)
class PitchError:
    """Of one recording."""

    semitones: float  # mean distance where both are voiced; NaN where they never are
    semitones_held: float  # of the recording's mean pitch, held
    voicing: float  # share of frames voiced in one and not in the other


def pitch_error(recording: FloatArray, decoded: FloatArray) -> PitchError:
    """Two signals [S] at 16 kHz, by Praat's autocorrelation each 10 ms."""
    true, made = (track_pitch(samples.astype(np.float64)) for samples in (recording, decoded))
    frames = min(len(true), len(made))
    true, made = true[:frames], made[:frames]
    both = (true > 0) & (made > 0)
    voicing = float(((true > 0) != (made > 0)).mean()) if frames else 0.0
    if not both.any():
        return PitchError(float("nan"), float("nan"), voicing)
    heard, wanted = (SEMITONES_AN_OCTAVE * np.log2(pitch[both]) for pitch in (made, true))
    return PitchError(float(np.abs(heard - wanted).mean()), float(np.abs(wanted - wanted.mean()).mean()), voicing)

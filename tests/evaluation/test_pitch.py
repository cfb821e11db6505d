import numpy as np
import pytest

from solami.evaluation.pitch import pitch_error
from solami.frames import FloatArray


def voice(hz: FloatArray | float, seconds: float = 1.0) -> FloatArray:
    """A buzz at a pitch, which may change from sample to sample."""
    phase = 2 * np.pi * np.cumsum(np.broadcast_to(hz, int(16_000 * seconds))) / 16_000
    return (sum(np.sin(k * phase) / k for k in range(1, 8)) * 0.1).astype(np.float32)


@pytest.mark.parametrize("semitones", [0.0, 1.0, 4.0])
def test_a_known_shift_is_measured(semitones: float) -> None:
    """A buzz so many semitones higher is that far off, and voiced alike."""
    error = pitch_error(voice(120.0), voice(120.0 * 2 ** (semitones / 12)))
    assert error.semitones == pytest.approx(semitones, abs=0.05)
    assert error.voicing < 0.02


def test_a_held_pitch_is_as_far_off_as_the_voice_moves() -> None:
    """Of a glide over an octave the mean pitch is three semitones away on average."""
    glide = voice(120.0 * 2 ** np.linspace(0, 1, 32_000), 2.0)
    assert pitch_error(glide, glide).semitones_held == pytest.approx(3.0, abs=0.2)
    assert pitch_error(glide, glide).semitones == 0.0


def test_noise_has_no_pitch_to_miss() -> None:
    """Against noise the voicing is wrong nearly everywhere and no distance is claimed."""
    noise = np.random.default_rng(0).normal(0, 0.1, 16_000).astype(np.float32)
    error = pitch_error(voice(120.0), noise)
    assert error.voicing > 0.9
    assert np.isnan(pitch_error(np.zeros(16_000, np.float32), noise).semitones)

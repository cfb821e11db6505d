import numpy as np
import pytest

from solami.audio.level import matching_gain, rms, soft_limited

TONE = np.sin(np.arange(8000) / 5).astype(np.float32)
NOTHING = np.zeros(0, np.float32)


@pytest.mark.parametrize("amplitude", [1e-4, 0.03, 0.2])
def test_one_becomes_as_loud_as_the_other(amplitude: float) -> None:
    """Noise times its gain has the level of the tone it is matched to."""
    noise = np.random.default_rng(0).normal(0, 0.02, 5000).astype(np.float32)
    assert rms(matching_gain(noise, amplitude * TONE) * noise) == pytest.approx(rms(amplitude * TONE), rel=1e-4)


def test_silence_stays_silence() -> None:
    """What is matched to silence is silent; silence is left alone, and so is no sound at all."""
    assert matching_gain(TONE, np.zeros(100, np.float32)) == 0.0
    assert matching_gain(np.zeros(100, np.float32), TONE) == matching_gain(NOTHING, NOTHING) == 1.0


def test_loud_pulses_are_bent_and_speech_is_not() -> None:
    """Up to 0.8 nothing changes; beyond, order and sign stay and no sample reaches 1."""
    samples = np.linspace(-4, 4, 801, dtype=np.float32)
    limited = soft_limited(samples)
    assert np.array_equal(limited[np.abs(samples) <= 0.8], samples[np.abs(samples) <= 0.8])
    assert np.abs(limited).max() < 1.0
    assert (np.diff(limited) >= 0).all()

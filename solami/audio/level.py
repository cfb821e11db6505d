"""How loud a signal is, and what makes one as loud as another."""

from __future__ import annotations

import numpy as np

from solami.frames import FloatArray

KNEE, CEILING = 0.8, 0.999  # of full scale: where limiting begins, and what no sample passes


def rms(samples: FloatArray) -> float:
    """Root mean square of samples [S]; 0 for none."""
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if len(samples) else 0.0


def to_dbfs(amplitude: float) -> float:
    """An amplitude against full scale in dB, -120 at the least."""
    return float(20.0 * np.log10(max(amplitude, 1e-6)))


def level_db(samples: FloatArray) -> float:
    """Root mean square of samples [S] against full scale in dB, -120 at the least."""
    return to_dbfs(rms(samples))


def matching_gain(samples: FloatArray, wanted: FloatArray) -> float:
    """What makes `samples` as loud as `wanted`; 1 where they are silent."""
    level = rms(samples)
    return rms(wanted) / level if level > 0 else 1.0


def soft_limited(samples: FloatArray) -> FloatArray:
    """Samples [S] unchanged up to KNEE, bent above it so that none reaches 1: a loud pulse must not clip."""
    room = np.float32(CEILING - KNEE)
    over = np.maximum(np.abs(samples) - np.float32(KNEE), 0)
    return np.where(over > 0, np.sign(samples) * (KNEE + room * np.tanh(over / room)), samples).astype(np.float32)

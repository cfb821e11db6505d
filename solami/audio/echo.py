"""Echo of our own output in the user's microphone, recognised by its known reference. It cancels nothing.

Both signals become band energies every 8 ms. A lag of up to 0.6 s is found where their changes correlate; per band, the
room's gain is what the microphone rarely falls below while we play (minimum statistics, as noise estimators use:
https://doi.org/10.1109/89.928915). What is louder than this prediction is not our echo.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from solami.frames import FloatArray

ECHO_HZ = 16_000
WINDOW = 512  # samples of a decision, as the voice activity detector takes them
HOP = 128
BANDS = 16
LAGS = 76  # hops: 0.6 s
HISTORY = 64  # hops that a lag is judged by
TAIL = 40  # hops that the room goes on sounding, at TAIL_DB_A_HOP
TAIL_DB_A_HOP = 1.0  # 60 dB in 0.48 s
FLOOR_DB = -60.0  # of a band against a full-scale tone: quieter is silence
ACTIVE_DB = -40.0
PATIENCE = 125  # hops of our sound after which there is no echo if no lag was found: 1 s
LAG_EVERY, LAG_RATE = 3, 0.15  # windows between two looks at the lag, and the weight of the newest
LIKE = 0.3  # mean correlation from which on a lag is believed
NEAR = 3  # hops by which a lag may be off
REMEMBERED = 400  # hops of our sound that the gain is learned from: 3.2 s
GAIN_PERCENTILE = 40.0
MARGIN_DB = 10.0
UNEXPLAINED = 0.6  # of the energy, from which on somebody else is speaking
Array = NDArray[np.float64]


class EchoGate:
    """One session's microphone and what was played meanwhile."""

    def __init__(self) -> None:
        self._sounds = np.zeros((2, WINDOW - HOP))  # the samples that the next frames overlap: microphone, reference
        self._mic = np.full((HISTORY, BANDS), FLOOR_DB)
        self._reference = np.full((LAGS + HISTORY + TAIL, BANDS), FLOOR_DB)
        self._likeness = np.zeros(LAGS)
        self._gains = np.zeros((0, BANDS))
        self._lag: int | None = None  # in hops
        self._windows = self._unknown = 0

    @property
    def lag_s(self) -> float | None:
        """By how much the echo follows its reference; None while unknown."""
        return None if self._lag is None else self._lag * HOP / ECHO_HZ

    def push(self, window: FloatArray, reference: FloatArray) -> bool:
        """Take 512 samples of the microphone and of what we played then; return whether we are all that is heard.

        False, too, where nothing was played. Echo must come later than its reference, by up to 0.6 s. Until its lag is
        found we count as all that is heard, for the first second of our sound in a session.
        """
        fresh = WINDOW // HOP
        sounds = np.concatenate([self._sounds, [window, reference]], axis=1)
        self._sounds = sounds[:, -self._sounds.shape[1] :]
        self._mic = np.concatenate([self._mic[fresh:], band_levels(sounds[0])])
        self._reference = np.concatenate([self._reference[fresh:], band_levels(sounds[1])])
        if self._reference.max() < ACTIVE_DB:
            return False
        self._follow_lag()
        if self._lag is None:
            self._unknown += fresh
            return self._unknown < PATIENCE
        predicted = self._predict(fresh)
        active = predicted.max(axis=1) > ACTIVE_DB
        self._learn(self._mic[-fresh:][active] - predicted[active])
        return self._unexplained(self._mic[-fresh:], predicted) < UNEXPLAINED

    def _follow_lag(self) -> None:
        """Average the correlations; a new lag starts its gains from what is remembered of the sounds."""
        self._windows += 1
        recent = self._reference[-(LAGS + HISTORY - 1) :]
        if self._windows % LAG_EVERY or self._mic.max() < ACTIVE_DB:
            return
        self._likeness += LAG_RATE * (likeness(self._mic, recent) - self._likeness)
        best = int(self._likeness.argmax())
        if self._likeness[best] < LIKE or (self._lag is not None and abs(best - self._lag) <= NEAR):
            return
        self._lag, self._gains = best, np.zeros((0, BANDS))
        predicted = self._predict(HISTORY)
        active = predicted.max(axis=1) > ACTIVE_DB
        self._learn(self._mic[active] - predicted[active])

    def _learn(self, gains: Array) -> None:
        self._gains = np.concatenate([self._gains, gains])[-REMEMBERED:]

    def _predict(self, count: int) -> Array:
        """The reference as the room would play it at the newest `count` hops, before the room's gain [count, bands]."""
        assert self._lag is not None
        end, predicted = len(self._reference), np.full((count, BANDS), FLOOR_DB)
        for delay in range(max(0, self._lag - NEAR), self._lag + NEAR + TAIL):
            loss = TAIL_DB_A_HOP * max(0, delay - self._lag - NEAR)
            start = max(0, end - count - delay)
            stop = end - delay
            predicted[count - (stop - start) :] = np.maximum(
                predicted[count - (stop - start) :], self._reference[start:stop] - loss
            )
        return predicted

    def _unexplained(self, mic: Array, predicted: Array) -> float:
        """Share of the microphone's energy above the floor that is louder than the echo can be."""
        gain = np.percentile(self._gains, GAIN_PERCENTILE, axis=0)
        energy = np.where(mic > FLOOR_DB + 3.0, 10.0 ** (mic / 10.0), 0.0)
        return float(energy[mic > predicted + gain + MARGIN_DB].sum() / max(energy.sum(), 1e-12))


def band_levels(sound: Array) -> Array:
    """Samples [WINDOW - HOP + HOP * T] -> level of each band in dB [T, BANDS]."""
    frames = sliding_window_view(sound, WINDOW)[::HOP] * np.hanning(WINDOW)
    power = np.abs(np.fft.rfft(frames)) ** 2 @ _band_matrix()
    return np.asarray(10.0 * np.log10(np.maximum(power, 10.0 ** (FLOOR_DB / 10.0))))


def likeness(mic: Array, reference: Array) -> Array:
    """Correlation [LAGS] of mic [T, bands] with reference [T + LAGS - 1, bands] at every lag in hops."""

    def centred(levels: Array) -> Array:
        shape = levels - levels.mean(axis=-2, keepdims=True)  # the room's colour
        return np.asarray(shape - 0.7 * shape.mean(axis=-1, keepdims=True))  # most of the loudness all speech shares

    shifted = centred(sliding_window_view(reference, len(mic), axis=0).transpose(0, 2, 1))[::-1]
    here = centred(mic)
    norm = np.sqrt((shifted**2).sum(axis=(1, 2)) * (here**2).sum()) + 1e-9
    return np.asarray(np.einsum("ltb,tb->l", shifted, here) / norm)


@lru_cache(maxsize=1)
def _band_matrix() -> Array:
    """Bands between 150 and 6500 Hz, evenly spread in mel [bins, BANDS]; a full-scale tone has 0 dB."""
    edges = 700.0 * (10.0 ** (np.linspace(_mel(150.0), _mel(6500.0), BANDS + 1) / 2595.0) - 1.0)
    hz = np.fft.rfftfreq(WINDOW, 1 / ECHO_HZ)
    scale = (np.hanning(WINDOW).sum() / 2) ** 2
    return ((hz[:, None] >= edges[:-1]) & (hz[:, None] < edges[1:])).astype(np.float64) / scale


def _mel(hz: float) -> float:
    return float(2595.0 * np.log10(1.0 + hz / 700.0))

"""Streaming sample-rate conversion. Chunk sizes do not change the result; it knows no files and no sockets."""

from __future__ import annotations

import numpy as np
import soxr

from solami.frames import FloatArray


class StreamResampler:
    """One running conversion between two rates; a copy when they are equal."""

    def __init__(self, source_hz: int, target_hz: int) -> None:
        self.source_hz, self.target_hz = source_hz, target_hz
        # soxr HQ: bit-identical for any chunking (tested), about 12 ms held back from 24 to 16 kHz.
        self._stream = soxr.ResampleStream(source_hz, target_hz, 1, dtype="float32", quality="HQ")

    def push(self, samples: FloatArray) -> FloatArray:
        """Take samples [T] at the source rate; return those ready at the target rate, possibly none."""
        if self.source_hz == self.target_hz or not len(samples):
            return samples
        return np.asarray(self._stream.resample_chunk(samples), np.float32)

    def flush(self) -> FloatArray:
        """Return what is held back and start anew."""
        if self.source_hz == self.target_hz:
            return np.zeros(0, np.float32)
        rest = np.asarray(self._stream.resample_chunk(np.zeros(0, np.float32), last=True), np.float32)
        self._stream.clear()
        return rest


def resample(samples: FloatArray, source_hz: int, target_hz: int) -> FloatArray:
    """Convert a whole signal [T]."""
    stream = StreamResampler(source_hz, target_hz)
    return np.concatenate([stream.push(samples), stream.flush()])

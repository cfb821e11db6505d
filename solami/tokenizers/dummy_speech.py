"""A named fake: speech codes as pure tones, exact both ways, with no weights.

Code 0 is silence; code c > 0 is a sine with c + 7 whole periods in one code, so tones meet without a click. For tests
and client developers; it hears no words and sounds like no voice.
"""

from __future__ import annotations

import numpy as np

from solami.errors import InputError, TokenizerError
from solami.frames import AudioChunk, Codes, CodeSpec, FloatArray
from solami.tokenizers.base import SpeechDecoder, SpeechEncoder, SpeechTokenizer, Voice

LOWEST_PERIODS = 7  # 175 Hz stands for silence, the first tone is 200 Hz
AMPLITUDE = 0.25  # -12 dBFS
SILENCE_RMS = 0.01


class DummySpeechTokenizer(SpeechTokenizer):
    """Tones for codes, 25 codes a second at 16 kHz."""

    def __init__(self, codebook_size: int = 256) -> None:
        """Take the number of tones plus silence; the highest tone must stay below 8 kHz."""
        if not 2 <= codebook_size <= 312:
            raise InputError(f"codebook_size: got {codebook_size}, expected 2 to 312 tones")
        self.spec = CodeSpec("speech", codebook_size, 1, 25.0)
        self.sample_rate = 16_000

    @property
    def samples_per_code(self) -> int:
        """Audio samples of one code."""
        return round(self.sample_rate / self.spec.frame_rate)

    def encoder(self) -> SpeechEncoder:
        """A running encode."""
        return _Encoder(self)

    def decoder(self, voice: Voice) -> SpeechDecoder:
        """A running decode; the voice is ignored."""
        return _Decoder(self)

    def embed_voice(self, name: str, reference: AudioChunk) -> Voice:
        """A unit vector [8] of the reference's loudness in eight bands."""
        if reference.sample_rate != self.sample_rate or not reference.samples.size:
            raise InputError(
                f"voice {name}: got {reference.sample_rate} Hz, expected some samples at {self.sample_rate} Hz"
            )
        bands = np.array_split(np.abs(np.fft.rfft(reference.samples)), 8)
        loudness = np.array([band.sum() + 1e-6 for band in bands], np.float32)
        return Voice(name, (loudness / np.linalg.norm(loudness)).astype(np.float32))

    def _tones_to_codes(self, samples: FloatArray) -> Codes:
        """Samples [T * samples_per_code] -> codes [1, T]: the strongest tone of each code, or silence."""
        frames = samples.reshape(-1, self.samples_per_code)
        spectrum = np.abs(np.fft.rfft(frames))[:, LOWEST_PERIODS + 1 : LOWEST_PERIODS + self.spec.codebook_size]
        loudest = spectrum.argmax(axis=1) + 1
        is_silent = np.sqrt(np.mean(frames**2, axis=1)) < SILENCE_RMS
        return Codes("speech", np.where(is_silent, 0, loudest).astype(np.int32)[None], self.spec.frame_rate)

    def _codes_to_tones(self, codes: Codes) -> FloatArray:
        """Codes [1, T] -> samples [T * samples_per_code]."""
        values, size = codes.values, self.spec.codebook_size
        if codes.modality != "speech" or len(values) != 1 or ((values < 0) | (values >= size)).any():
            raise TokenizerError(
                f"got {codes.modality} codes {list(values.shape)}, expected speech [1, T] below {size}"
            )
        phase = 2 * np.pi * np.arange(self.samples_per_code) / self.samples_per_code
        tones = AMPLITUDE * np.sin((values[0][:, None] + LOWEST_PERIODS) * phase) * (values[0] > 0)[:, None]
        return tones.astype(np.float32).ravel()


class _Encoder(SpeechEncoder):
    def __init__(self, tokenizer: DummySpeechTokenizer) -> None:
        self._tokenizer = tokenizer
        self._rest = np.zeros(0, np.float32)

    def push(self, samples: FloatArray) -> Codes:
        pending = np.concatenate([self._rest, samples])
        whole = len(pending) - len(pending) % self._tokenizer.samples_per_code
        self._rest = pending[whole:]
        return self._tokenizer._tones_to_codes(pending[:whole])

    def flush(self) -> Codes:
        missing = -len(self._rest) % self._tokenizer.samples_per_code
        return self.push(np.zeros(missing, np.float32))


class _Decoder(SpeechDecoder):
    def __init__(self, tokenizer: DummySpeechTokenizer) -> None:
        self._tokenizer = tokenizer

    def push(self, codes: Codes) -> FloatArray:
        return self._tokenizer._codes_to_tones(codes)

    def flush(self) -> FloatArray:
        return np.zeros(0, np.float32)

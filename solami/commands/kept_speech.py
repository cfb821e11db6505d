"""Speech as `solami tokenizers` keeps it in a file: codes, and what they do not hold (voice, length, level)."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from solami.audio.level import matching_gain, soft_limited
from solami.errors import InputError
from solami.frames import Codes, FloatArray
from solami.tokenizers.base import SpeechTokenizer, Voice


@dataclass(frozen=True, slots=True, eq=False)
class KeptSpeech:
    """Codes, the voice they are decoded in, and how many samples come of them, how loud."""

    codes: Codes
    voice: Voice
    samples: int
    gain: float

    @classmethod
    def of(cls, tokenizer: SpeechTokenizer, samples: FloatArray, voice: Voice) -> KeptSpeech:
        """Encode samples [T] at the tokenizer's rate, so that they come back as loud in a voice."""
        codes = tokenizer.encode(samples)
        decoded = tokenizer.decode(codes, voice)[: len(samples)]
        return cls(codes, voice, len(samples), matching_gain(decoded, samples))

    @classmethod
    def read(cls, path: Path) -> KeptSpeech:
        """What `write` wrote. Raises InputError for anything else."""
        try:
            with path.open("rb") as opened:
                file = np.load(opened, allow_pickle=False)
                codes = Codes("speech", file["values"], float(file["frame_rate"]))
                return cls(codes, Voice("kept", file["voice"]), int(file["samples"]), float(file["gain"]))
        except (OSError, EOFError, IndexError, KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
            raise InputError(f"{path}: not speech codes ({error}); make them by roundtrip speech --codes") from error

    def write(self, path: Path) -> None:
        """Keep it as an .npz without pickle."""
        values, voice = self.codes.values, self.voice.embedding
        np.savez(
            path, values=values, frame_rate=self.codes.frame_rate, samples=self.samples, voice=voice, gain=self.gain
        )

    def decoded(self, tokenizer: SpeechTokenizer, voice: Voice | None = None) -> FloatArray:
        """Samples [T] in the voice kept, or in another's; bent under full scale where they would clip."""
        samples = tokenizer.decode(self.codes, voice or self.voice)[: self.samples]
        return soft_limited(np.float32(self.gain) * samples)

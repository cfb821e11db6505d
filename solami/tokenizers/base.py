"""The tokenizer interfaces: signal <-> codes, whole or streaming.

Every tokenizer is a facade over an `nn.Module`: numpy in and out, one stream, device and inference mode inside.
Streaming equals whole: pushing a signal in any chunks and flushing gives the codes (or signal) of one whole call.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from solami.audio.level import rms
from solami.frames import AudioChunk, Codes, FloatArray, MotionChunk, VisemeChunk
from solami.frames import CodeSpec as CodeSpec  # a value of both rooms; tokenizers and llm do not import each other

LEAST_LEVEL = 2e-3  # RMS of a reference that is told from silence


@dataclass(frozen=True, slots=True, eq=False)
class Voice:
    """How a character sounds: a speaker embedding."""

    name: str
    embedding: FloatArray  # [D], unit length
    licence: str = ""


class SpeechEncoder(ABC):
    """One running encode."""

    @abstractmethod
    def push(self, samples: FloatArray) -> Codes:
        """Take samples [T] at the tokenizer's rate; return the codes that became ready, possibly none."""

    @abstractmethod
    def flush(self) -> Codes:
        """Pad the rest with silence to a whole code and return what is left. The encoder ends here."""


class SpeechDecoder(ABC):
    """One running decode in one voice."""

    @abstractmethod
    def push(self, codes: Codes) -> FloatArray:
        """Take codes [K, T]; return the samples that became final."""

    @abstractmethod
    def flush(self) -> FloatArray:
        """Return the samples still held back. In all, T codes give exactly T * sample_rate / frame_rate samples."""


class SpeechTokenizer(ABC):
    """Speech <-> codes."""

    spec: CodeSpec
    sample_rate: int

    @property
    def shared(self) -> tuple[object, ...]:
        """What the encoders and decoders hold of the tokenizer: a copy of a running one goes on with the same."""
        return (self,)

    @abstractmethod
    def encoder(self) -> SpeechEncoder: ...

    @abstractmethod
    def decoder(self, voice: Voice) -> SpeechDecoder: ...

    @abstractmethod
    def embed_voice(self, name: str, reference: AudioChunk) -> Voice:
        """A voice from a few seconds of reference audio at the tokenizer's rate."""

    def voice_of(self, audio: AudioChunk) -> Voice:
        """The voice of a recording of any length and level, as well as it can be told; for round trips."""
        import numpy as np

        samples = np.resize(audio.samples, max(len(audio.samples), 2 * audio.sample_rate))
        if rms(samples) < LEAST_LEVEL:  # nobody speaks: any voice will do
            samples = samples + LEAST_LEVEL * np.sin(0.05 * np.arange(len(samples), dtype=np.float32))
        return self.embed_voice("own", AudioChunk(samples, audio.sample_rate))

    def encode(self, samples: FloatArray) -> Codes:
        """Whole encode: samples [T] -> codes [K, ceil(T * frame_rate / sample_rate)]."""
        import numpy as np

        encoder = self.encoder()
        parts = [encoder.push(samples), encoder.flush()]
        return Codes("speech", np.concatenate([p.values for p in parts], axis=1), self.spec.frame_rate)

    def decode(self, codes: Codes, voice: Voice) -> FloatArray:
        """Whole decode: codes [K, T] -> samples."""
        import numpy as np

        decoder = self.decoder(voice)
        return np.concatenate([decoder.push(codes), decoder.flush()])


class MouthDecoder(ABC):
    """One running reading of mouth shapes from speech codes."""

    @abstractmethod
    def push(self, codes: Codes) -> VisemeChunk:
        """Take codes [K, T]; return the shapes that became final, stamped from the stream's first sample."""

    @abstractmethod
    def flush(self) -> VisemeChunk:
        """Return the shapes still held back. In all, T codes give T shapes."""


@dataclass(frozen=True, slots=True, eq=False)
class MotionCodes:
    """Body and hand codes of the same frames."""

    body: Codes
    hands: Codes


class MotionEncoder(ABC):
    """One running encode of poses."""

    @abstractmethod
    def push(self, motion: MotionChunk) -> MotionCodes:
        """Take poses at the tokenizer's fps; return the codes that became ready, possibly none."""

    @abstractmethod
    def flush(self) -> MotionCodes:
        """Hold the last pose to a whole code and return what is left. The encoder ends here."""


class MotionDecoder(ABC):
    """One running decode. It keeps its state across turns: the body goes on from where it stands."""

    @abstractmethod
    def push(self, codes: MotionCodes) -> MotionChunk:
        """Take codes [K, T]; return exactly T * fps / frame_rate poses."""


class MotionTokenizer(ABC):
    """Poses <-> body and hand codes."""

    body_spec: CodeSpec
    hands_spec: CodeSpec
    fps: float

    @property
    def shared(self) -> tuple[object, ...]:
        """What the encoders and decoders hold of the tokenizer: a copy of a running one goes on with the same."""
        return (self,)

    @abstractmethod
    def encoder(self) -> MotionEncoder: ...

    @abstractmethod
    def decoder(self) -> MotionDecoder:
        """A decoder that starts at the origin facing +Z."""

    @abstractmethod
    def encode(self, motion: MotionChunk) -> MotionCodes: ...

    def encode_many(self, motions: Sequence[MotionChunk]) -> list[MotionCodes]:
        """Whole encodes of several motions, none of them empty."""
        return [self.encode(motion) for motion in motions]

    @abstractmethod
    def decode(self, codes: MotionCodes) -> MotionChunk: ...

"""Neural codecs as speech tokenizers: any `CodecModel`, streamed in blocks, at the rate the rest of the system speaks.

None of these codecs knows a voice: it comes through in the codes, and `decoder(voice)` ignores its voice.
**Exactness.** Each block of 0.4 s is run with `context_s` before it and, for codecs that look ahead, as far as they
reach behind it, on a grid that starts with the stream. So streaming equals whole bit for bit, whatever the chunks.
Against the model run once over everything, DAC (finite reach) is equal; EnCodec's LSTM and Mimi's attention (10 s)
forget what lies before the context.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from solami.audio.resample import StreamResampler
from solami.errors import ConfigError, InputError, TokenizerError
from solami.frames import AudioChunk, Codes, FloatArray, IntArray
from solami.tokenizers.base import CodeSpec, SpeechDecoder, SpeechEncoder, SpeechTokenizer, Voice
from solami.tokenizers.codec_models import CodecModel, load_codec

BLOCK_S = 0.4


class CodecTokenizer(SpeechTokenizer):
    """A codec behind the tokenizer interface."""

    def __init__(self, codec: CodecModel, sample_rate: int | None = None, context_s: float = 2.0) -> None:
        """Take the rate of the samples outside (None: the codec's own) and the memory of a block.

        Raises:
            ConfigError: a code would not be a whole number of samples outside.
        """
        self.codec = codec
        self.sample_rate = sample_rate or codec.sample_rate
        rate = codec.sample_rate / codec.samples_per_code
        self.spec = CodeSpec("speech", codec.codebook_size, codec.num_codebooks, rate)
        self.samples_per_code = round(self.sample_rate / rate)
        if self.samples_per_code * codec.sample_rate != self.sample_rate * codec.samples_per_code:
            raise ConfigError(
                f"codec at {rate:g} codes a second: a code is no whole number of samples at {self.sample_rate} Hz; "
                f"use {codec.sample_rate} Hz"
            )
        self.block = max(1, round(BLOCK_S * rate))
        self.lookahead = codec.reach
        self.context = max(round(context_s * rate), codec.reach)

    @classmethod
    def load(cls, folder: Path, num_codebooks: int | None = None, sample_rate: int | None = None) -> CodecTokenizer:
        """From a local transformers folder. Raises ConfigError when it cannot be used."""
        return cls(load_codec(folder, num_codebooks), sample_rate)

    def encoder(self) -> SpeechEncoder:
        """A fresh running encode."""
        return CodecEncoder(self)

    def decoder(self, voice: Voice) -> SpeechDecoder:
        """A fresh running decode; the voice is in the codes."""
        return CodecDecoder(self)

    def embed_voice(self, name: str, reference: AudioChunk) -> Voice:
        """A voice that says nothing: these codecs take none."""
        if reference.sample_rate != self.sample_rate or not len(reference.samples):
            raise InputError(f"voice {name}: got {reference.sample_rate} Hz, expected samples at {self.sample_rate} Hz")
        return Voice(name, np.ones(1, np.float32))


class CodecEncoder(SpeechEncoder):
    """Keeps the samples of the context and those whose block is not full."""

    def __init__(self, tokenizer: CodecTokenizer) -> None:
        self._own, self._codec = tokenizer, tokenizer.codec
        self._resampler = StreamResampler(tokenizer.sample_rate, tokenizer.codec.sample_rate)
        self._samples = np.zeros(0, np.float32)  # from the context of the next block on
        self._before = 0  # codes of context in front
        self._taken = self._done = 0  # samples, outside; codes given

    def push(self, samples: FloatArray) -> Codes:
        """See SpeechEncoder. Raises InputError for NaN or infinite samples."""
        if not np.isfinite(samples).all():
            raise InputError("audio: got NaN or infinite samples, expected numbers in [-1, 1]")
        self._taken += len(samples)
        self._samples = np.concatenate([self._samples, self._resampler.push(samples)])
        return self._codes(self._blocks())

    def flush(self) -> Codes:
        """See SpeechEncoder."""
        self._samples = np.concatenate([self._samples, self._resampler.flush()])
        hop, made = self._codec.samples_per_code, self._blocks()
        done = self._done + sum(part.shape[1] for part in made)
        left = -(-self._taken // self._own.samples_per_code) - done
        if left > 0:
            whole = np.resize(np.pad(self._samples, (0, (self._before + left) * hop)), (self._before + left) * hop)
            made.append(self._run(whole)[:, self._before :])
        return self._codes(made)

    def _codes(self, parts: list[IntArray]) -> Codes:
        values = np.concatenate([np.zeros((self._codec.num_codebooks, 0), np.int32), *parts], axis=1)
        self._done += values.shape[1]
        return Codes("speech", values, self._own.spec.frame_rate)

    def _blocks(self) -> list[IntArray]:
        """Every block whose samples, and those it looks ahead to, are there."""
        own, hop, made = self._own, self._codec.samples_per_code, []
        while len(self._samples) >= (self._before + own.block + own.lookahead) * hop:
            window = self._samples[: (self._before + own.block + own.lookahead) * hop]
            made.append(self._run(window)[:, self._before : self._before + own.block])
            kept = min(own.context, self._before + own.block)
            self._samples = self._samples[(self._before + own.block - kept) * hop :]
            self._before = kept
        return made

    @torch.inference_mode()
    def _run(self, window: FloatArray) -> IntArray:
        codes = self._codec.encode(torch.from_numpy(window.astype(np.float32))[None, None])
        return codes.numpy().astype(np.int32)


class CodecDecoder(SpeechDecoder):
    """Keeps the codes of the context and those whose block is not full."""

    def __init__(self, tokenizer: CodecTokenizer) -> None:
        self._own, self._codec = tokenizer, tokenizer.codec
        self._resampler = StreamResampler(tokenizer.codec.sample_rate, tokenizer.sample_rate)
        self._values = np.zeros((tokenizer.codec.num_codebooks, 0), np.int32)
        self._before = self._taken = self._given = 0  # codes of context; codes in; samples out

    def push(self, codes: Codes) -> FloatArray:
        """See SpeechDecoder. Raises TokenizerError for codes that the codec does not have."""
        values, size = codes.values, self._codec.codebook_size
        if len(values) != len(self._values) or (values.size and not 0 <= values.min() <= values.max() < size):
            got, wanted = f"{len(values)} books", f"{len(self._values)} of entries 0..{size - 1}"
            raise TokenizerError(f"speech codes: got {got}, expected {wanted}")
        self._taken += values.shape[1]
        self._values = np.concatenate([self._values, values], axis=1)
        own, made = self._own, [np.zeros(0, np.float32)]
        while self._values.shape[1] >= self._before + own.block + own.lookahead:
            made.append(self._run(self._values[:, : self._before + own.block + own.lookahead], own.block))
            kept = min(own.context, self._before + own.block)
            self._values = self._values[:, self._before + own.block - kept :]
            self._before = kept
        return self._give(self._resampler.push(np.concatenate(made)))

    def flush(self) -> FloatArray:
        """See SpeechDecoder."""
        left = self._values.shape[1] - self._before
        tail = self._run(self._values, left) if left else np.zeros(0, np.float32)
        rest = np.concatenate([self._resampler.push(tail), self._resampler.flush()])
        missing = max(0, self._taken * self._own.samples_per_code - self._given - len(rest))
        return self._give(np.pad(rest, (0, missing)))

    def _give(self, samples: FloatArray) -> FloatArray:
        """No more samples than the codes so far stand for."""
        samples = samples[: self._taken * self._own.samples_per_code - self._given]
        self._given += len(samples)
        return samples.astype(np.float32)

    @torch.inference_mode()
    def _run(self, values: IntArray, count: int) -> FloatArray:
        """The samples of `count` codes behind the context."""
        hop = self._codec.samples_per_code
        made = self._codec.decode(torch.from_numpy(values.astype(np.int64))).numpy()
        made = np.pad(made, (0, max(0, values.shape[1] * hop - len(made))))
        return made[self._before * hop : (self._before + count) * hop].astype(np.float32)

"""Named schemes that lay the codebooks of a code side by side in one stream, and back. Knows no model.

`flat`: [K, T] -> [1, K * T], book after book within a code; book k's entries are shifted by k codebooks, so that one
vocabulary span holds all. `delay` (MusicGen, https://arxiv.org/abs/2306.05284): book k comes k steps late,
[K, T + K - 1]. Both read a stream that is not over yet: what is not whole is left out.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from solami.errors import ConfigError, InputError
from solami.frames import AudioChunk, Codes, FloatArray, IntArray
from solami.tokenizers.base import CodeSpec, SpeechDecoder, SpeechEncoder, SpeechTokenizer, Voice


@dataclass(frozen=True, slots=True)
class CodePattern(ABC):
    """One scheme for K codebooks of `codebook_size` entries."""

    num_codebooks: int
    codebook_size: int

    @abstractmethod
    def apply(self, values: IntArray) -> IntArray:
        """Codes [K, T] -> what the model sees [rows, steps]."""

    @abstractmethod
    def undo(self, laid: IntArray) -> IntArray:
        """The first steps of what `apply` gave -> the codes that are whole in them."""


@dataclass(frozen=True, slots=True)
class FlatPattern(CodePattern):
    """One row; K steps a code."""

    def apply(self, values: IntArray) -> IntArray:
        """See CodePattern."""
        _check(values, self.num_codebooks)
        shifts = np.arange(self.num_codebooks, dtype=np.int32)[:, None] * self.codebook_size
        return np.ascontiguousarray((values + shifts).T.reshape(1, -1), np.int32)

    def undo(self, laid: IntArray) -> IntArray:
        """See CodePattern. An entry in another book's place is read as the same entry of the right book."""
        _check(laid, 1)
        whole = laid[:, : laid.shape[1] // self.num_codebooks * self.num_codebooks]
        return np.ascontiguousarray(whole.reshape(-1, self.num_codebooks).T % self.codebook_size, np.int32)


@dataclass(frozen=True, slots=True)
class DelayPattern(CodePattern):
    """K rows; entry `codebook_size` stands where a book has not begun or is over."""

    def apply(self, values: IntArray) -> IntArray:
        """See CodePattern."""
        _check(values, self.num_codebooks)
        count = values.shape[1] + self.num_codebooks - 1 if values.shape[1] else 0
        laid = np.full((self.num_codebooks, count), self.codebook_size, np.int32)
        for book, row in enumerate(values):
            laid[book, book : book + len(row)] = row
        return laid

    def undo(self, laid: IntArray) -> IntArray:
        """See CodePattern."""
        _check(laid, self.num_codebooks)
        count = max(0, laid.shape[1] - self.num_codebooks + 1)
        return np.stack([row[book : book + count] for book, row in enumerate(laid)]).astype(np.int32)


PATTERNS: dict[str, type[CodePattern]] = {"flat": FlatPattern, "delay": DelayPattern}


def build_pattern(name: str, spec: CodeSpec) -> CodePattern:
    """A scheme by name for a tokenizer's codes. Raises ConfigError for an unknown name."""
    if name not in PATTERNS:
        raise ConfigError(f"code pattern: got {name!r}, expected one of {sorted(PATTERNS)}")
    return PATTERNS[name](spec.num_codebooks, spec.codebook_size)


def _check(values: IntArray, rows: int) -> None:
    if len(values) != rows:
        raise InputError(f"codes: got {len(values)} rows, expected {rows}")


class FlatTokenizer(SpeechTokenizer):
    """A tokenizer of several codebooks as one of a single codebook: K times the entries at K times the rate."""

    def __init__(self, inner: SpeechTokenizer) -> None:
        spec = inner.spec
        self.inner, self.pattern = inner, FlatPattern(spec.num_codebooks, spec.codebook_size)
        books = spec.num_codebooks
        self.spec = CodeSpec("speech", books * spec.codebook_size, 1, books * spec.frame_rate)
        self.sample_rate = inner.sample_rate

    def encoder(self) -> SpeechEncoder:
        """A fresh running encode."""
        return _FlatEncoder(self)

    def decoder(self, voice: Voice) -> SpeechDecoder:
        """A fresh running decode in `voice`."""
        return _FlatDecoder(self, voice)

    def embed_voice(self, name: str, reference: AudioChunk) -> Voice:
        """The inner tokenizer's voice."""
        return self.inner.embed_voice(name, reference)


class _FlatEncoder(SpeechEncoder):
    def __init__(self, own: FlatTokenizer) -> None:
        self._own, self._inner = own, own.inner.encoder()

    def push(self, samples: FloatArray) -> Codes:
        return self._flat(self._inner.push(samples))

    def flush(self) -> Codes:
        return self._flat(self._inner.flush())

    def _flat(self, codes: Codes) -> Codes:
        return Codes("speech", self._own.pattern.apply(codes.values), self._own.spec.frame_rate)


class _FlatDecoder(SpeechDecoder):
    """Keeps the entries of a code that is not whole."""

    def __init__(self, own: FlatTokenizer, voice: Voice) -> None:
        self._own, self._inner = own, own.inner.decoder(voice)
        self._rest = np.zeros((1, 0), np.int32)

    def push(self, codes: Codes) -> FloatArray:
        laid = np.concatenate([self._rest, codes.values], axis=1)
        values = self._own.pattern.undo(laid)
        self._rest = laid[:, values.size :]
        return self._inner.push(Codes("speech", values, self._own.inner.spec.frame_rate))

    def flush(self) -> FloatArray:
        return self._inner.flush()

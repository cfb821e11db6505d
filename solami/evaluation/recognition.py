"""Word error of speech through a recogniser (pocketsphinx with its bundled US English model)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from solami.errors import InputError
from solami.frames import FloatArray

SAMPLE_RATE = 16_000


@dataclass(frozen=True, slots=True)
class ErrorCount:
    """Words or phones of one or more lines; the rate is micro-averaged."""

    errors: int
    wanted: int

    @property
    def rate(self) -> float:
        """Errors per word or phone of the reference."""
        return self.errors / max(self.wanted, 1)


def plain_words(text: str) -> str:
    """Lower-case words and apostrophes only, as the recogniser writes them."""
    return " ".join(re.sub(r"[^a-z' ]", " ", text.lower().replace("\u2019", "'")).split())


class Recogniser:
    """Speech -> words."""

    def __init__(self) -> None:
        try:
            from pocketsphinx import Decoder
        except ImportError as error:
            raise InputError("pocketsphinx is not installed: install solami[eval] to measure word error") from error
        self._decoder = Decoder(samprate=SAMPLE_RATE, loglevel="FATAL")

    def words(self, samples: FloatArray) -> str:
        """What is heard in samples [T] at 16 kHz; empty when nothing is."""
        pcm = (np.clip(samples, -1.0, 1.0) * 32767).astype(np.int16)
        self._decoder.start_utt()
        self._decoder.process_raw(pcm.tobytes(), full_utt=True)
        self._decoder.end_utt()
        best = self._decoder.hyp()
        return best.hypstr if best else ""


def word_errors(reference: str, heard: str) -> ErrorCount:
    """Substitutions, deletions and insertions between the words of two texts."""
    return edit_errors(plain_words(reference).split(), plain_words(heard).split())


def edit_errors(wanted: Sequence[str], got: Sequence[str]) -> ErrorCount:
    """Substitutions, deletions and insertions between two sequences of words or phones."""
    import jiwer

    if not wanted:
        return ErrorCount(len(got), 0)
    counts = jiwer.process_words(" ".join(wanted), " ".join(got))
    return ErrorCount(counts.substitutions + counts.deletions + counts.insertions, len(wanted))


def pool_errors(parts: Sequence[ErrorCount]) -> ErrorCount:
    """Sum of several counts."""
    return ErrorCount(sum(p.errors for p in parts), sum(p.wanted for p in parts))


def error_rate(parts: Sequence[ErrorCount]) -> float:
    """Of several counts, micro-averaged."""
    return pool_errors(parts).rate

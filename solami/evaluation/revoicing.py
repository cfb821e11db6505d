"""One speaker's codes decoded in voices of every kind: whether the words stay and the voice is the new one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle

import numpy as np

from solami.evaluation.measures import Listener, Measure, measure
from solami.evaluation.recognition import WordErrors, pool_errors, word_errors
from solami.evaluation.recordings import Recording
from solami.frames import AudioChunk, Codes
from solami.tokenizers.base import SpeechTokenizer, Voice


@dataclass(frozen=True, slots=True)
class Revoiced:
    """One line in another voice."""

    errors: WordErrors
    likeness: float  # cosine of its voice and the one asked for
    apart: float  # of the speaker's own and the one asked for: what no change of voice would give


@dataclass(frozen=True, slots=True, eq=False)
class _Line:
    text: str
    codes: Codes
    samples: int
    voice: Voice


def revoicing_measures(
    tokenizer: SpeechTokenizer, listener: Listener, lines: Sequence[Recording], voices: Sequence[Recording], split: str
) -> list[Measure]:
    """Word error and likeness of `lines`, all of one source, in the voices of each source of `voices`.

    The baseline of the word error is that of the same codes in the speaker's own voice.
    """
    spoken = [_line(tokenizer, line) for line in lines]
    own = pool_errors([_revoiced(tokenizer, listener, line, line.voice).errors for line in spoken]).rate
    rows: list[Measure] = []
    for kind in sorted({voice.source for voice in voices}):
        asked = cycle([tokenizer.voice_of(voice.audio) for voice in voices if voice.source == kind])
        made = [_revoiced(tokenizer, listener, line, voice) for line, voice in zip(spoken, asked, strict=False)]
        rows += _rows(made, own, split, f"{lines[0].source} in {kind}")
    return rows


def _line(tokenizer: SpeechTokenizer, line: Recording) -> _Line:
    samples = line.audio.samples
    return _Line(line.text, tokenizer.encode(samples), len(samples), tokenizer.voice_of(line.audio))


def _revoiced(tokenizer: SpeechTokenizer, listener: Listener, line: _Line, voice: Voice) -> Revoiced:
    decoded = tokenizer.decode(line.codes, voice)[: line.samples]
    got = tokenizer.voice_of(AudioChunk(decoded, tokenizer.sample_rate))
    likeness, apart = (float(one.embedding @ voice.embedding) for one in (got, line.voice))
    return Revoiced(word_errors(line.text, listener.words(decoded)), likeness, apart)


def _rows(made: Sequence[Revoiced], own: float, split: str, source: str) -> list[Measure]:
    errors, likeness = [each.errors for each in made], [each.likeness for each in made]
    apart = float(np.mean([each.apart for each in made]))
    where = {"split": split, "source": source}
    return [
        measure("word_error_revoiced", errors, lambda p: pool_errors(p).rate, baseline=own, **where),
        measure("voice_likeness_revoiced", likeness, lambda p: float(np.mean(p)), baseline=apart, **where),
    ]

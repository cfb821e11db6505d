"""One speaker's codes decoded in voices of every kind: whether the words stay and the voice is the new one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle

import numpy as np

from solami.evaluation.measures import Listener, Measure, measure
from solami.evaluation.recognition import ErrorCount, error_rate, word_errors
from solami.evaluation.recordings import Recording
from solami.frames import AudioChunk, Codes
from solami.tokenizers.base import SpeechTokenizer, Voice


@dataclass(frozen=True, slots=True)
class Revoiced:
    """One line in another voice."""

    errors: dict[str, ErrorCount]  # by listener
    likeness: float  # cosine of its voice and the one asked for
    apart: float  # of the speaker's own and the one asked for: what no change of voice would give


@dataclass(frozen=True, slots=True, eq=False)
class _Line:
    text: str
    codes: Codes
    samples: int
    voice: Voice


def revoicing_measures(
    tokenizer: SpeechTokenizer,
    listeners: Mapping[str, Listener],
    lines: Sequence[Recording],
    voices: Sequence[Recording],
    split: str,
) -> list[Measure]:
    """Word error (by name of its listener) and likeness of `lines`, of one source, in the voices of each of `voices`'.

    The baseline of a word error is that of the same codes in the speaker's own voice.
    """
    spoken = [_line(tokenizer, line) for line in lines]
    own = [_revoiced(tokenizer, listeners, line, line.voice) for line in spoken]
    rows: list[Measure] = []
    for kind in sorted({voice.source for voice in voices}):
        asked = cycle([tokenizer.voice_of(voice.audio) for voice in voices if voice.source == kind])
        made = [_revoiced(tokenizer, listeners, line, voice) for line, voice in zip(spoken, asked, strict=False)]
        rows += _rows(made, own, split, f"{lines[0].source} in {kind}")
    return rows


def _line(tokenizer: SpeechTokenizer, line: Recording) -> _Line:
    samples = line.audio.samples
    return _Line(line.text, tokenizer.encode(samples), len(samples), tokenizer.voice_of(line.audio))


def _revoiced(tokenizer: SpeechTokenizer, listeners: Mapping[str, Listener], line: _Line, voice: Voice) -> Revoiced:
    decoded = tokenizer.decode(line.codes, voice)[: line.samples]
    got = tokenizer.voice_of(AudioChunk(decoded, tokenizer.sample_rate))
    likeness, apart = (float(one.embedding @ voice.embedding) for one in (got, line.voice))
    errors = {name: word_errors(line.text, listener.words(decoded)) for name, listener in listeners.items()}
    return Revoiced(errors, likeness, apart)


def _rows(made: Sequence[Revoiced], own: Sequence[Revoiced], split: str, source: str) -> list[Measure]:
    rows = []
    for name in own[0].errors:
        errors, before = ([each.errors[name] for each in part] for part in (made, own))
        rows.append(
            measure(f"{name}_revoiced", errors, error_rate, split=split, source=source, baseline=error_rate(before))
        )
    likeness, apart = [each.likeness for each in made], float(np.mean([each.apart for each in made]))
    row = measure("voice_likeness_revoiced", likeness, _mean, split=split, source=source, baseline=apart)
    return [*rows, row]


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values))

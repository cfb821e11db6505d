"""What the speech and motion tokenizers lose on held-out clips, beside a baseline from the same run."""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from solami.audio.wav import read_audio
from solami.body.measures import FINGERS, joint_errors_mm, rotation_errors_deg
from solami.body.pack import Clip as MotionClip
from solami.datasets.sources import require_file
from solami.evaluation.measures import Listener, Measure, measure, pooled_mean
from solami.evaluation.recognition import WordErrors, pool_errors, word_errors
from solami.frames import AudioChunk, MotionChunk
from solami.tokenizers.base import MotionTokenizer, SpeechTokenizer
from solami.training.motion_scores import roundtrip

logger = logging.getLogger(__name__)
SpeechClip = dict[str, Any]  # a row of the speech index
Clip = TypeVar("Clip")


def speech_measures(
    tokenizer: SpeechTokenizer, listener: Listener, folder: Path, clips: Sequence[SpeechClip], split: str
) -> list[Measure]:
    """Word error after a round trip in the clip's own voice; the baseline is the word error of the recording."""
    before: dict[str, list[WordErrors]] = defaultdict(list)
    after: dict[str, list[WordErrors]] = defaultdict(list)
    for clip in clips:
        audio = read_audio(folder / clip["file"], tokenizer.sample_rate)
        made = round_trip(tokenizer, audio)
        before[clip["source"]].append(word_errors(clip["text"], listener.words(audio.samples)))
        after[clip["source"]].append(word_errors(clip["text"], listener.words(made.samples)))
        logger.info("%s: %s", clip["id"], after[clip["source"]][-1])
    return [
        measure("word_error", parts, _error_rate, split=split, source=source, baseline=_error_rate(before[source]))
        for source, parts in sorted(after.items())
    ]


def motion_measures(tokenizer: MotionTokenizer, clips: Sequence[MotionClip], split: str) -> list[Measure]:
    """MPJPE and finger error after a round trip, by source; the baseline holds each clip's first pose."""
    body: dict[str, list[tuple[float, int]]] = defaultdict(list)
    still: dict[str, list[tuple[float, int]]] = defaultdict(list)
    hands: list[tuple[float, int]] = []
    still_hands: list[tuple[float, int]] = []
    for clip in clips:
        motion = clip.read()
        made, held = roundtrip(tokenizer, motion), _held(motion)
        for source in ("all", clip.path.parent.name):
            body[source].append(_mean_and_count(joint_errors_mm(motion, made)))
            still[source].append(_mean_and_count(joint_errors_mm(motion, held)))
        if clip.hands_animated:
            hands.append(_mean_and_count(rotation_errors_deg(motion, made, FINGERS)))
            still_hands.append(_mean_and_count(rotation_errors_deg(motion, held, FINGERS)))
    rows = [
        measure("mpjpe_mm", parts, pooled_mean, split=split, source=source, baseline=pooled_mean(still[source]))
        for source, parts in sorted(body.items())
    ]
    if hands:
        baseline = pooled_mean(still_hands)
        rows.append(measure("hand_error_deg", hands, pooled_mean, split=split, source="all", baseline=baseline))
    return rows


def speech_clips(folder: Path, split: str) -> list[SpeechClip]:
    """The index rows of one split of the data pack's speech."""
    lines = require_file(folder / "index.jsonl", "index of the speech clips").read_text(encoding="utf-8").splitlines()
    return [row for row in map(json.loads, lines) if row["split"] == split]


def spread(clips: Sequence[Clip], limit: int | None) -> list[Clip]:
    """All clips, or `limit` of them, evenly spread."""
    if limit is None or limit >= len(clips):
        return list(clips)
    return [clips[int(index)] for index in np.linspace(0, len(clips) - 1, limit)]


def round_trip(tokenizer: SpeechTokenizer, audio: AudioChunk) -> AudioChunk:
    """Encode and decode in the recording's own voice, cut to its length."""
    voice = tokenizer.embed_voice("own", audio)
    samples = tokenizer.decode(tokenizer.encode(audio.samples), voice)[: len(audio.samples)]
    return AudioChunk(samples, audio.sample_rate)


def _held(motion: MotionChunk) -> MotionChunk:
    count = len(motion.rotations)
    return MotionChunk(
        np.repeat(motion.rotations[:1], count, axis=0), np.repeat(motion.translation[:1], count, axis=0), motion.fps
    )


def _mean_and_count(values: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> tuple[float, int]:
    return float(values.mean()), len(values)


def _error_rate(parts: Sequence[WordErrors]) -> float:
    return pool_errors(parts).rate

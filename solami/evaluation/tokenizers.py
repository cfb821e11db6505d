"""What the speech and motion tokenizers lose on held-out clips, beside a baseline from the same run."""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from solami.audio.wav import read_audio
from solami.body.measures import FINGERS, joint_errors_mm, rotation_errors_deg
from solami.body.npz import read_motion
from solami.evaluation.measures import Measure, measure, pooled_mean
from solami.evaluation.recognition import Recogniser, WordErrors, pool_errors, word_errors
from solami.frames import AudioChunk, MotionChunk
from solami.tokenizers.base import MotionTokenizer, SpeechTokenizer

logger = logging.getLogger(__name__)
Clip = dict[str, Any]


def speech_measures(tokenizer: SpeechTokenizer, pack: Path, split: str, limit: int | None = None) -> list[Measure]:
    """Word error after a round trip in the clip's own voice; the baseline is the word error of the recording."""
    recogniser = Recogniser()
    before: dict[str, list[WordErrors]] = defaultdict(list)
    after: dict[str, list[WordErrors]] = defaultdict(list)
    for clip in clips(pack / "speech", (split,), limit):
        audio = read_audio(pack / "speech" / clip["file"], tokenizer.sample_rate)
        made = round_trip(tokenizer, audio)
        before[clip["source"]].append(word_errors(clip["text"], recogniser.words(audio.samples)))
        after[clip["source"]].append(word_errors(clip["text"], recogniser.words(made.samples)))
        logger.info("%s: %s", clip["id"], after[clip["source"]][-1])
    return [
        measure("word_error", parts, _error_rate, split=split, source=source, baseline=_error_rate(before[source]))
        for source, parts in sorted(after.items())
    ]


def motion_measures(
    tokenizer: MotionTokenizer, pack: Path, splits: Sequence[str], limit: int | None = None
) -> list[Measure]:
    """MPJPE and finger error after a round trip; the baseline holds each clip's first pose."""
    name = "+".join(splits)
    body: dict[str, list[tuple[float, int]]] = defaultdict(list)
    still: dict[str, list[tuple[float, int]]] = defaultdict(list)
    hands: list[tuple[float, int]] = []
    still_hands: list[tuple[float, int]] = []
    for clip in clips(pack / "motion", splits, limit):
        motion = read_motion(pack / "motion" / clip["file"]).motion
        made, held = first_poses(tokenizer.decode(tokenizer.encode(motion)), len(motion.rotations)), _held(motion)
        for source in ("all", clip["set"]):
            body[source].append(_mean_and_count(joint_errors_mm(motion, made)))
            still[source].append(_mean_and_count(joint_errors_mm(motion, held)))
        if clip["hands_animated"]:
            hands.append(_mean_and_count(rotation_errors_deg(motion, made, FINGERS)))
            still_hands.append(_mean_and_count(rotation_errors_deg(motion, held, FINGERS)))
    rows = [
        measure("mpjpe_mm", parts, pooled_mean, split=name, source=source, baseline=pooled_mean(still[source]))
        for source, parts in sorted(body.items())
    ]
    if hands:
        baseline = pooled_mean(still_hands)
        rows.append(measure("hand_error_deg", hands, pooled_mean, split=name, source="all", baseline=baseline))
    return rows


def codebook_use(tokenizer: MotionTokenizer, pack: Path, limit: int | None = None) -> dict[str, float]:
    """Share of each motion codebook's entries that one pass over the train split uses."""
    seen: dict[str, set[tuple[int, int]]] = {"body": set(), "hands": set()}
    for clip in clips(pack / "motion", ("train",), limit):
        codes = tokenizer.encode(read_motion(pack / "motion" / clip["file"]).motion)
        for name, values in (("body", codes.body.values), ("hands", codes.hands.values)):
            seen[name].update((book, int(code)) for book, row in enumerate(values) for code in row)
    specs = {"body": tokenizer.body_spec, "hands": tokenizer.hands_spec}
    return {name: len(seen[name]) / (spec.codebook_size * spec.num_codebooks) for name, spec in specs.items()}


def clips(folder: Path, splits: Sequence[str], limit: int | None) -> Iterator[Clip]:
    """The index rows of some splits; with a limit, evenly spread over them."""
    lines = (folder / "index.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if row["split"] in splits]
    picked = range(len(rows)) if limit is None else sorted(set(np.linspace(0, len(rows) - 1, limit).astype(int)))
    for index in picked:
        yield rows[index]


def round_trip(tokenizer: SpeechTokenizer, audio: AudioChunk) -> AudioChunk:
    """Encode and decode in the recording's own voice, cut to its length."""
    voice = tokenizer.embed_voice("own", audio)
    samples = tokenizer.decode(tokenizer.encode(audio.samples), voice)[: len(audio.samples)]
    return AudioChunk(samples, audio.sample_rate)


def first_poses(motion: MotionChunk, count: int) -> MotionChunk:
    """The motion cut to `count` poses: codes come whole, clips do not."""
    return MotionChunk(motion.rotations[:count], motion.translation[:count], motion.fps)


def _held(motion: MotionChunk) -> MotionChunk:
    count = len(motion.rotations)
    return MotionChunk(
        np.repeat(motion.rotations[:1], count, axis=0), np.repeat(motion.translation[:1], count, axis=0), motion.fps
    )


def _mean_and_count(values: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> tuple[float, int]:
    return float(values.mean()), len(values)


def _error_rate(parts: Sequence[WordErrors]) -> float:
    return pool_errors(parts).rate

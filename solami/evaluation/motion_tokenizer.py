"""What the motion tokenizer loses on held-out clips, beside holding each clip's first pose."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from solami.body.measures import FINGERS, joint_errors_mm, rotation_errors_deg
from solami.body.pack import Clip
from solami.evaluation.measures import Measure, measure, pooled_mean
from solami.frames import FloatArray, MotionChunk
from solami.tokenizers.base import MotionTokenizer
from solami.training.motion_scores import clip_errors

Parts = dict[tuple[str, str], list[tuple[float, int]]]  # (measure, source) -> mean and count of each clip


def motion_measures(tokenizer: MotionTokenizer, clips: Sequence[Clip], split: str) -> list[Measure]:
    """Every error after a round trip, over all clips; MPJPE by source too, with the held pose as its baseline."""
    made: Parts = defaultdict(list)
    held: Parts = defaultdict(list)
    for clip in clips:
        source = clip.path.parent.name
        _collect(made, clip_errors(tokenizer, clip), source)
        _collect(held, _held_errors(clip), source)
    return [
        measure(name, parts, pooled_mean, split=split, source=source, baseline=_baseline(held, name, source))
        for (name, source), parts in sorted(made.items())
        if source == "all" or name == "mpjpe_mm"
    ]


def _collect(parts: Parts, errors: dict[str, FloatArray], source: str) -> None:
    for name, values in errors.items():
        for key in ("all", source):
            parts[name, key].append((float(values.mean()), len(values)))


def _held_errors(clip: Clip) -> dict[str, FloatArray]:
    """Errors of a body that keeps the clip's first pose."""
    motion = clip.read()
    count = len(motion.rotations)
    held = MotionChunk(
        np.repeat(motion.rotations[:1], count, axis=0), np.repeat(motion.translation[:1], count, axis=0), motion.fps
    )
    errors = {"mpjpe_mm": joint_errors_mm(motion, held)}
    if clip.hands_animated:
        errors["hand_error_deg"] = rotation_errors_deg(motion, held, FINGERS)
    return errors


def _baseline(held: Parts, name: str, source: str) -> float | None:
    return pooled_mean(held[name, source]) if (name, source) in held else None

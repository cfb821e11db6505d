"""Scores a motion tokenizer on a split: errors pooled over poses, intervals by clip, and codebook use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from solami.body.measures import (
    BODY,
    FINGERS,
    acceleration_errors_m_s2,
    aligned_errors_mm,
    foot_skate_ratio,
    joint_errors_mm,
    rotation_errors_deg,
    standing_speeds_m_s,
)
from solami.body.pack import Clip
from solami.body.standing import placed_like
from solami.frames import FloatArray, MotionChunk
from solami.tokenizers.base import MotionCodes, MotionTokenizer
from solami.tokenizers.code_use import CodeUse

SIDE_BY_SIDE = 32
Score = dict[str, float | list[float]]


def clip_errors(tokenizer: MotionTokenizer, clip: Clip) -> dict[str, FloatArray]:
    """Errors of one decoded clip by name, a value a pose or one a clip; hands only where the source's fingers move."""
    motion = clip.read()
    decoded = roundtrip(tokenizer, motion)
    errors = {
        "mpjpe_mm": joint_errors_mm(motion, decoded),
        "pa_mpjpe_mm": aligned_errors_mm(motion, decoded),
        "rotation_error_deg": rotation_errors_deg(motion, decoded, BODY),
        "acceleration_error_m_s2": acceleration_errors_m_s2(motion, decoded),
        "foot_skate_ratio": np.array([foot_skate_ratio(motion, decoded)], np.float32),
    }
    speed, shown = standing_speeds_m_s(motion, decoded)
    if len(speed):
        errors |= {"standing_foot_m_s": shown, "standing_foot_source_m_s": speed}
    if clip.hands_animated:
        errors["hand_error_deg"] = rotation_errors_deg(motion, decoded, FINGERS)
    return errors


def score_motion(tokenizer: MotionTokenizer, clips: Iterable[Clip]) -> Score:
    """Errors of decoded clips, pooled over poses."""
    pooled: dict[str, list[FloatArray]] = {}
    for clip in clips:
        for name, values in clip_errors(tokenizer, clip).items():
            pooled.setdefault(name, []).append(values)
    score: Score = {name: float(np.concatenate(values).mean()) for name, values in pooled.items()}
    return score | {"mpjpe_mm_ci95": _interval(pooled["mpjpe_mm"]), "clips": float(len(pooled["mpjpe_mm"]))}


def roundtrip(tokenizer: MotionTokenizer, motion: MotionChunk) -> MotionChunk:
    """Encoded and decoded, put where the motion starts and cut to its length."""
    decoded = tokenizer.decode(tokenizer.encode(motion))
    count = len(motion.rotations)
    return placed_like(MotionChunk(decoded.rotations[:count], decoded.translation[:count], decoded.fps), motion)


def codebook_use(tokenizer: MotionTokenizer, clips: Iterable[Clip]) -> dict[str, dict[str, float]]:
    """How one pass over the clips uses each codebook, by name (`body_0`): share used, dead codes, perplexity."""
    body, hands = CodeUse(tokenizer.body_spec), CodeUse(tokenizer.hands_spec)
    for clip, codes in _encoded(tokenizer, list(clips)):
        body.add(codes.body)
        if clip.has_hands:
            hands.add(codes.hands)
    return body.report() | hands.report()


def _encoded(tokenizer: MotionTokenizer, clips: list[Clip]) -> Iterator[tuple[Clip, MotionCodes]]:
    """Clips with their codes, a few at a time."""
    for first in range(0, len(clips), SIDE_BY_SIDE):
        part = clips[first : first + SIDE_BY_SIDE]
        yield from zip(part, tokenizer.encode_many([clip.read() for clip in part]), strict=True)


def _interval(clips: list[FloatArray], draws: int = 1000) -> list[float]:
    """95 % bootstrap interval of the pooled mean, clips drawn with replacement."""
    sums = np.array([c.sum() for c in clips], np.float64)
    counts = np.array([len(c) for c in clips])
    chosen = np.random.default_rng(0).integers(0, len(clips), (draws, len(clips)))
    low, high = np.quantile(sums[chosen].sum(1) / counts[chosen].sum(1), [0.025, 0.975])
    return [float(low), float(high)]

"""Scores a motion tokenizer on a split: errors pooled over poses, intervals by clip, and codebook use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

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
    specs = {"body": tokenizer.body_spec, "hands": tokenizer.hands_spec}
    counts = {name: np.zeros((s.num_codebooks, s.codebook_size), np.int64) for name, s in specs.items()}
    for clip, codes in _encoded(tokenizer, list(clips)):
        for name in ("body", "hands") if clip.has_hands else ("body",):
            for book, row in enumerate(getattr(codes, name).values):
                counts[name][book] += np.bincount(row, minlength=specs[name].codebook_size)
    return {f"{name}_{book}": _use(row) for name, books in counts.items() for book, row in enumerate(books)}


def _encoded(tokenizer: MotionTokenizer, clips: list[Clip]) -> Iterator[tuple[Clip, MotionCodes]]:
    """Clips with their codes, a few at a time."""
    for first in range(0, len(clips), SIDE_BY_SIDE):
        part = clips[first : first + SIDE_BY_SIDE]
        yield from zip(part, tokenizer.encode_many([clip.read() for clip in part]), strict=True)


def _use(counts: NDArray[np.int64]) -> dict[str, float]:
    """Of the counts [size] of one codebook; perplexity is e to the entropy of its codes."""
    share = counts / max(1, counts.sum())
    entropy = -float((share * np.log(np.maximum(share, 1e-12))).sum())
    return {"use": float((counts > 0).mean()), "dead": float((counts == 0).sum()), "perplexity": float(np.exp(entropy))}


def _interval(clips: list[FloatArray], draws: int = 1000) -> list[float]:
    """95 % bootstrap interval of the pooled mean, clips drawn with replacement."""
    sums = np.array([c.sum() for c in clips], np.float64)
    counts = np.array([len(c) for c in clips])
    chosen = np.random.default_rng(0).integers(0, len(clips), (draws, len(clips)))
    low, high = np.quantile(sums[chosen].sum(1) / counts[chosen].sum(1), [0.025, 0.975])
    return [float(low), float(high)]

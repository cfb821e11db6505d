"""Scores a motion tokenizer on a split: errors pooled over poses, intervals by clip, and codebook use."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from solami.body.kinematics import sole_height
from solami.body.measures import (
    BODY,
    FINGERS,
    aligned_errors_mm,
    body_positions,
    foot_skate_ratio,
    joint_errors_mm,
    rotation_errors_deg,
)
from solami.body.pack import Clip
from solami.body.standing import placed_like
from solami.frames import FloatArray, MotionChunk
from solami.tokenizers.base import MotionTokenizer

Score = dict[str, float | list[float]]


def score_motion(tokenizer: MotionTokenizer, clips: Iterable[Clip]) -> Score:
    """Errors of decoded clips. Hands count only where the source's fingers move."""
    pooled: dict[str, list[FloatArray]] = {}
    skate: list[float] = []
    for clip in clips:
        motion = clip.read()
        decoded = roundtrip(tokenizer, motion)
        errors = {
            "mpjpe_mm": joint_errors_mm(motion, decoded),
            "pa_mpjpe_mm": aligned_errors_mm(motion, decoded),
            "rotation_error_deg": rotation_errors_deg(motion, decoded, BODY),
            "sole_height_m": sole_height(body_positions(decoded)).astype(np.float32),
        }
        if clip.hands_animated:
            errors["hand_error_deg"] = rotation_errors_deg(motion, decoded, FINGERS)
        for name, values in errors.items():
            pooled.setdefault(name, []).append(values)
        skate.append(foot_skate_ratio(decoded))
    score: Score = {name: float(np.concatenate(values).mean()) for name, values in pooled.items()}
    score["sole_height_m"] = float(np.median(np.concatenate(pooled["sole_height_m"])))
    return score | {
        "mpjpe_mm_ci95": _interval(pooled["mpjpe_mm"]),
        "foot_skate_ratio": float(np.mean(skate)),
        "clips": float(len(skate)),
    }


def roundtrip(tokenizer: MotionTokenizer, motion: MotionChunk) -> MotionChunk:
    """Encoded and decoded, put where the motion starts and cut to its length."""
    decoded = tokenizer.decode(tokenizer.encode(motion))
    count = len(motion.rotations)
    return placed_like(MotionChunk(decoded.rotations[:count], decoded.translation[:count], decoded.fps), motion)


def codebook_use(tokenizer: MotionTokenizer, clips: Iterable[Clip]) -> dict[str, float]:
    """Share of each modality's codes that one pass over the clips uses."""
    seen: dict[str, set[tuple[int, int]]] = {"body": set(), "hands": set()}
    for clip in clips:
        codes = tokenizer.encode(clip.read())
        for name in ("body", "hands") if clip.has_hands else ("body",):
            values = getattr(codes, name).values
            seen[name] |= {(book, int(code)) for book, row in enumerate(values) for code in np.unique(row)}
    specs = {"body": tokenizer.body_spec, "hands": tokenizer.hands_spec}
    return {name: len(seen[name]) / (s.codebook_size * s.num_codebooks) for name, s in specs.items()}


def _interval(clips: list[FloatArray], draws: int = 1000) -> list[float]:
    """95 % bootstrap interval of the pooled mean, clips drawn with replacement."""
    sums = np.array([c.sum() for c in clips], np.float64)
    counts = np.array([len(c) for c in clips])
    chosen = np.random.default_rng(0).integers(0, len(clips), (draws, len(clips)))
    low, high = np.quantile(sums[chosen].sum(1) / counts[chosen].sum(1), [0.025, 0.975])
    return [float(low), float(high)]

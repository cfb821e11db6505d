"""Plays a score: key poses, steps and the idle become a run of poses. Knows no gesture by name."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from solami import skeleton
from solami.body.geometry import (
    Array,
    angle_between,
    axis_angle_to_quaternion,
    heading,
    multiply,
    rotate,
    yaw_quaternion,
)
from solami.body.gestures.gait import Footing, footing, smooth
from solami.body.gestures.idle import Style, draw_style, idle_angles, idle_sway
from solami.body.gestures.keys import floor_tracks, key_turns, turns_between
from solami.body.gestures.legs import place_pelvis, solve_legs
from solami.body.gestures.limits import SPEED_LIMIT_RAD_S
from solami.body.gestures.pose import NEUTRAL, SIDES, Key, Score, Side
from solami.body.timing import cut
from solami.frames import MotionChunk

_I = skeleton.INDEX
TAIL_S = 0.45


def play(score: Score, seed: int, fps: float) -> tuple[MotionChunk, float]:
    """The poses of a score and its pace; slowed where a joint would be faster than real ones."""
    style = draw_style(np.random.default_rng([seed, 1]))
    for _ in range(4):
        motion = _poses(score, style, seed, fps)
        excess = float(np.max(joint_speeds(motion) / SPEED_LIMIT_RAD_S, initial=0.0))
        if excess <= 1:
            break
        style = replace(style, pace=style.pace / max(1.03, excess**1.1))
    return motion, style.pace


@lru_cache(maxsize=8)
def stand(seconds: float, seed: int, fps: float) -> MotionChunk:
    """The idle alone for exactly so long, starting over the origin."""
    style = draw_style(np.random.default_rng([seed, 1]))
    motion = _poses(Score((Key(seconds * style.pace, NEUTRAL),)), style, seed, fps)
    return cut(motion, 0, round(seconds * fps))


def planned_length(score: Score, seed: int) -> tuple[float, float]:
    """Seconds and pace of a score when no joint has to be slowed."""
    pace = draw_style(np.random.default_rng([seed, 1])).pace
    return _end(score) / pace + TAIL_S, pace


def _end(score: Score) -> float:
    ends = [*(step.end + 0.3 for step in score.steps), *(land for _, land, _ in score.flights)]
    return max([score.keys[-1].at, *ends])


def joint_speeds(motion: MotionChunk) -> Array:
    """Angular speed of every joint [T - 1, 55], radians a second."""
    turns = motion.rotations.astype(np.float64)
    return angle_between(turns[:-1], turns[1:]) * motion.fps


def _poses(score: Score, style: Style, seed: int, fps: float) -> MotionChunk:
    rng = np.random.default_rng([seed, 2])
    keys = (Key(0.0, NEUTRAL), *score.keys)
    count = max(2, round((_end(score) / style.pace + TAIL_S) * fps))
    time = np.arange(count) / fps
    score_time = time * style.pace
    base = footing(score_time, score.steps)
    rotations = turns_between(key_turns(keys, style, rng), keys, score_time, style.overlap * score.overlap * style.pace)
    _swing_arms(rotations, base, score.arm_swing * style.amplitude, min(1.0, style.noise))
    shifts, feet = floor_tracks(keys, score_time)
    _fly(feet, score, score_time)
    small = axis_angle_to_quaternion(idle_angles(time, fps, style, rng))
    rotations = multiply(rotations, small)
    rotations[:, 0] = multiply(yaw_quaternion(base.body[:, 2]), rotations[:, 0])
    shifts = shifts + idle_sway(count, fps, style, rng)
    translation = place_pelvis(rotations[:, 0], shifts, base, feet, style, fps)
    solve_legs(rotations, translation, base, feet, style)
    return _chunk(rotations, translation, fps)


def _fly(feet: dict[Side, Array], score: Score, time: Array) -> None:
    """Both feet in the air along a parabola, toes down."""
    for leaves, lands, high in score.flights:
        u = np.clip((time - leaves) / (lands - leaves), 0, 1)
        for side in SIDES:
            feet[side][:, 2] += high * 4 * u * (1 - u)
            feet[side][:, 4] += 30 * np.sin(np.pi * u) ** 0.7 if lands > leaves else 0


def _swing_arms(rotations: Array, base: Footing, amount: float, looseness: float) -> None:
    """Arms and shoulders against the legs while stepping."""
    ahead = smooth(base.spread[:, None], np.arange(len(base.spread)) / 30.0, 0.04)[:, 0]
    if not np.ptp(ahead):
        return
    degrees = np.clip(55 * ahead, -32, 32) * amount
    for side, way in (("left", -1.0), ("right", 1.0)):
        swing = way * degrees * looseness
        angles = np.zeros((len(ahead), 3))
        angles[:, 0] = -np.radians(swing)  # about +X backwards, so forwards is negative
        joint = _I[f"{side}_shoulder"]
        rotations[:, joint] = multiply(axis_angle_to_quaternion(angles), rotations[:, joint])
        bend = np.zeros((len(ahead), 3))
        bend[:, 1] = way * np.radians(np.maximum(swing, 0) * 0.6)
        joint = _I[f"{side}_elbow"]
        rotations[:, joint] = multiply(rotations[:, joint], axis_angle_to_quaternion(bend))
    for name, share in (("pelvis", -0.12), ("spine2", 0.14), ("spine3", 0.1)):
        angles = np.zeros((len(ahead), 3))
        angles[:, 1] = np.radians(share * degrees)
        rotations[:, _I[name]] = multiply(rotations[:, _I[name]], axis_angle_to_quaternion(angles))


def _chunk(rotations: Array, translation: Array, fps: float) -> MotionChunk:
    """As a chunk that starts over the origin and faces +Z, wherever sway and noise were."""
    back = yaw_quaternion(-heading(rotations[0, 0]))
    rotations[:, 0] = multiply(back, rotations[:, 0])
    translation = rotate(back, translation - translation[0] * np.array([1, 0, 1]))
    return MotionChunk(rotations.astype(np.float32), translation.astype(np.float32), fps)

"""Plays a score: key poses, steps and the idle become a run of poses. Knows no gesture by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from solami import skeleton
from solami.body.geometry import (
    Array,
    angle_between,
    axis_angle_to_quaternion,
    heading,
    multiply,
    normalise,
    rotate,
    slerp,
    yaw_quaternion,
)
from solami.body.gestures.arm import solve_arms
from solami.body.gestures.gait import Footing, footing, min_jerk, smooth
from solami.body.gestures.hands import finger_turns, first_finger
from solami.body.gestures.idle import Style, draw_style, idle_angles, idle_sway, standing_angles
from solami.body.gestures.legs import place_pelvis, solve_legs
from solami.body.gestures.limits import SPEED_LIMIT_RAD_S
from solami.body.gestures.pose import NEUTRAL, Arm, Foot, Key, Score, Side
from solami.body.gestures.solve import mirror_quaternion, mirror_vector
from solami.body.kinematics import forward_kinematics
from solami.body.timing import cut
from solami.frames import MotionChunk

SIDES: tuple[Side, ...] = ("left", "right")
_I = skeleton.INDEX
# seconds by which a joint follows the trunk
LAG_S = {"collar": 0.0, "shoulder": 0.015, "elbow": 0.04, "wrist": 0.07, "fingers": 0.08, "neck": 0.0, "head": 0.02}
TAIL_S = 0.45
FINGERS_SMOOTH_S = 0.06
SPREAD_M, ELBOW_SPREAD = 0.018, 0.12  # of free hands, of the way elbows point, between performances


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
    rotations = _interpolated(
        _key_turns(keys, style, rng), keys, score_time, style.overlap * score.overlap * style.pace
    )
    _swing_arms(rotations, base, score.arm_swing * style.amplitude, min(1.0, style.noise))
    shifts, feet = _floor_tracks(keys, score_time)
    _fly(feet, score, score_time)
    small = axis_angle_to_quaternion(idle_angles(time, fps, style, rng))
    rotations = multiply(rotations, small)
    rotations[:, 0] = multiply(yaw_quaternion(base.body[:, 2]), rotations[:, 0])
    shifts = shifts + idle_sway(count, fps, style, rng)
    translation = place_pelvis(rotations[:, 0], shifts, base, feet, style, fps)
    solve_legs(rotations, translation, base, feet, style)
    return _chunk(rotations, translation, fps)


def _key_turns(keys: tuple[Key, ...], style: Style, rng: np.random.Generator) -> Array:
    """Local turns [K, 55, 4] of trunk, arms and fingers at every key."""
    angles = np.tile(standing_angles(style), (len(keys), 1, 1))
    for row, key in zip(angles, keys, strict=True):
        for name, degrees in key.pose.trunk.items():
            row[_I[name]] += np.radians(degrees) * style.amplitude
    turns = axis_angle_to_quaternion(angles)
    world, places = forward_kinematics(turns, num_joints=16)
    for side in SIDES:
        poses = [key.pose.left if side == "left" else key.pose.right for key in keys]
        arms = _varied(poses, rng)
        first = first_finger(side)
        turns[:, first : first + 15] = [finger_turns("relaxed" if a is None else a.shape, side) for a in poses]
        if arms:
            rows = np.array(list(arms))
            joints = [_I[f"{side}_{joint}"] for joint in ("collar", "shoulder", "elbow", "wrist")]
            lifted = turns[rows, joints[0]]  # shoulders that a pose raises by themselves
            turns[rows[:, None], joints] = _solved(list(arms.values()), rows, side, world, places)
            turns[rows, joints[0]] = multiply(lifted, turns[rows, joints[0]])
    return turns


def _varied(poses: Sequence[Arm | None], rng: np.random.Generator) -> dict[int, Arm]:
    """The arms that do not hang, by key; free hands a little elsewhere in every performance."""
    moved, elbow = rng.normal(0, SPREAD_M, 3), rng.normal(0, ELBOW_SPREAD, 3)
    arms: dict[int, Arm] = {}
    for i, arm in enumerate(poses):
        if arm is not None and not arm.touches:
            x, y, z = (a + float(b) for a, b in zip(arm.elbow, elbow, strict=True))
            arm = replace(arm.at(*(float(v) for v in moved)), elbow=(x, y, z))
        if arm is not None:
            arms[i] = arm
    return arms


def _solved(arms: list[Arm], rows: NDArray[np.intp], side: Side, world: Array, places: Array) -> Array:
    """Turns [N, 4, 4] of collar, shoulder, elbow, wrist of either side at the keys `rows`."""
    bases = [_I["spine3" if arm.frame == "chest" else arm.frame] for arm in arms]
    base, chest = (world[rows, bases], places[rows, bases]), (world[rows, _I["spine3"]], places[rows, _I["spine3"]])
    if side == "left":
        return solve_arms(arms, base, chest)
    mirrored = [(mirror_quaternion(turn), mirror_vector(place)) for turn, place in (base, chest)]
    return mirror_quaternion(solve_arms(arms, mirrored[0], mirrored[1]))


def _interpolated(turns: Array, keys: tuple[Key, ...], time: Array, overlap: float) -> Array:
    """Turns [T, 55, 4] between the keys' turns [K, 55, 4], each joint a little after the one it hangs on."""
    at = np.array([key.at for key in keys])
    result = np.empty((len(time), 55, 4))
    lags = np.array([_lag(name) * overlap for name in skeleton.JOINT_NAMES])
    for lag in np.unique(lags):
        joints = np.flatnonzero(lags == lag)
        low, part = _segment(at, time - lag)
        result[:, joints] = slerp(turns[low][:, joints], turns[low + 1][:, joints], min_jerk(part)[:, None])
    fingers = result[:, skeleton.FIRST_FINGER :]  # signs agree: every finger turns by less than half a turn
    soft = smooth(fingers.reshape(len(time), -1), time, FINGERS_SMOOTH_S)
    result[:, skeleton.FIRST_FINGER :] = normalise(soft.reshape(fingers.shape))
    return result


def _segment(at: Array, time: Array) -> tuple[NDArray[np.intp], Array]:
    """The key before each time, and how far the next is reached in 0..1."""
    assert len(at) > 1
    low = np.clip(np.searchsorted(at, time, side="right") - 1, 0, len(at) - 2)
    return low, np.clip((time - at[low]) / np.maximum(at[low + 1] - at[low], 1e-6), 0, 1)


def _lag(name: str) -> float:
    joint = name.rpartition("_")[2]
    if _I[name] >= skeleton.FIRST_FINGER:
        joint = "fingers"
    return LAG_S.get(joint, 0.0)


def _floor_tracks(keys: tuple[Key, ...], time: Array) -> tuple[Array, dict[Side, Array]]:
    """The pelvis's shift [T, 3] and each foot's (x, z, lift, yaw, pitch) [T, 5] by key."""
    low, part = _segment(np.array([key.at for key in keys]), time)
    share = min_jerk(part)[:, None]

    def track(values: list[tuple[float, ...]]) -> Array:
        table = np.array(values, np.float64)
        return table[low] + share * (table[low + 1] - table[low])

    def foot(f: Foot) -> tuple[float, ...]:
        return (f.x, f.z, f.lift, f.yaw, f.pitch)

    feet: dict[Side, Array] = {
        "left": track([foot(key.pose.left_foot) for key in keys]),
        "right": track([foot(key.pose.right_foot) for key in keys]),
    }
    return track([key.pose.pelvis for key in keys]), feet


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

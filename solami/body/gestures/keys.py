"""Key poses as numbers: joint turns at the keys and between them, what pelvis and feet do on the floor. No steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from solami import skeleton
from solami.body.geometry import (
    Array,
    axis_angle_to_quaternion,
    multiply,
    normalise,
    slerp,
)
from solami.body.gestures.arm import solve_arms
from solami.body.gestures.gait import min_jerk, smooth
from solami.body.gestures.hands import finger_turns, first_finger
from solami.body.gestures.idle import Style, standing_angles
from solami.body.gestures.pose import SIDES, Arm, Foot, Key, Side
from solami.body.gestures.solve import mirror_quaternion, mirror_vector
from solami.body.kinematics import forward_kinematics

_I = skeleton.INDEX
# seconds by which a joint follows the trunk
LAG_S = {"collar": 0.0, "shoulder": 0.015, "elbow": 0.04, "wrist": 0.07, "fingers": 0.08, "neck": 0.0, "head": 0.02}
FINGERS_SMOOTH_S = 0.06
SPREAD_M, ELBOW_SPREAD = 0.018, 0.12  # of free hands, of the way elbows point, between performances


def key_turns(keys: tuple[Key, ...], style: Style, rng: np.random.Generator) -> Array:
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


def turns_between(turns: Array, keys: tuple[Key, ...], time: Array, overlap: float) -> Array:
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


def floor_tracks(keys: tuple[Key, ...], time: Array) -> tuple[Array, dict[Side, Array]]:
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

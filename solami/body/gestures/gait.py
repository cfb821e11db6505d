"""Where feet and pelvis are over time for a plan of steps. Knows no joints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from solami.body.geometry import Array
from solami.body.gestures.pose import Side, Step

SMOOTH_S = 0.17  # of the pelvis between the feet
HEEL_OFF_S, TOES_DOWN_S = 0.16, 0.12  # before a foot leaves, after it lands
HEEL_DEG, TOES_DEG, STRIDE_M = 26.0, 14.0, 0.6  # of a forward stride of this length


@dataclass(frozen=True, slots=True, eq=False)
class Footing:
    """Places on the floor over time: x, z in metres and heading in radians."""

    feet: dict[Side, Array]  # [T, 3]
    lift: dict[Side, Array]  # metres [T]
    pitch: dict[Side, Array]  # degrees, heel up [T]
    body: Array  # [T, 3]
    spread: Array  # how far the left foot is before the right, along the heading, metres [T]


def min_jerk(u: Array | float) -> Array:
    """0 to 1 with no speed and no acceleration at both ends (Flash and Hogan, https://doi.org/10.1523/JNEUROSCI.05-07-01688.1985)."""
    u = np.clip(u, 0.0, 1.0)
    return np.asarray(u * u * u * (10 + u * (6 * u - 15)))


def footing(time: Array, steps: Sequence[Step]) -> Footing:
    """Feet, pelvis and heading at `time` [T] seconds; both feet start at the origin, facing +Z."""
    feet: dict[Side, Array] = {}
    lift: dict[Side, Array] = {}
    pitch: dict[Side, Array] = {}
    for side in ("left", "right"):
        own = [step for step in steps if step.foot == side]
        feet[side], lift[side], pitch[side] = _one_foot(time, own)
    body = smooth((feet["left"] + feet["right"]) / 2, time, SMOOTH_S)
    between = feet["left"] - feet["right"]
    spread = between[:, 0] * np.sin(body[:, 2]) + between[:, 1] * np.cos(body[:, 2])
    weight = smooth((lift["right"] - lift["left"])[:, None], time, 0.08)[:, 0] * 0.4  # over the foot that stands
    body[:, 0] += weight * np.cos(body[:, 2])
    body[:, 1] -= weight * np.sin(body[:, 2])
    return Footing(feet, lift, pitch, body, smooth(spread[:, None], time, 0.06)[:, 0])


def _one_foot(time: Array, steps: Sequence[Step]) -> tuple[Array, Array, Array]:
    place, lift, pitch = np.zeros((len(time), 3)), np.zeros(len(time)), np.zeros(len(time))
    last = np.zeros(3)
    for step in steps:
        goal = np.array([step.x, step.z, step.yaw])
        u = (time - step.start) / (step.end - step.start)
        place += min_jerk(u)[:, None] * (goal - last)
        lift += step.lift * np.where((u > 0) & (u < 1), 16 * (u * (1 - u)) ** 2, 0)
        stride = (goal[0] - last[0]) * np.sin(step.yaw) + (goal[1] - last[1]) * np.cos(step.yaw)
        pitch += _roll(time, step, float(np.clip(stride / STRIDE_M, -0.5, 1.2)))
        last = goal
    return place, lift, pitch


def _roll(time: Array, step: Step, stride: float) -> Array:
    """Heel off before the swing, toes up at its end; the other way round when stepping back."""
    long = step.end - step.start
    off = min_jerk((time - step.start + HEEL_OFF_S) / HEEL_OFF_S) * (1 - min_jerk((time - step.start) / (0.6 * long)))
    toes = min_jerk((time - step.start - 0.5 * long) / (0.45 * long)) * (1 - min_jerk((time - step.end) / TOES_DOWN_S))
    if stride < 0:
        return -stride * (0.3 * HEEL_DEG * off + 0.8 * HEEL_DEG * toes)
    return stride * (HEEL_DEG * off - TOES_DEG * toes)


def smooth(values: Array, time: Array, seconds: float) -> Array:
    """`values` [T, D] under a bell of this standard deviation, the ends held."""
    if len(time) < 2 or not np.ptp(values):
        return values.copy()
    sigma = seconds / (time[1] - time[0])
    reach = int(np.ceil(3 * sigma))
    bell = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    padded = np.concatenate([np.repeat(values[:1], reach, 0), values, np.repeat(values[-1:], reach, 0)])
    return np.stack([np.convolve(padded[:, d], bell / bell.sum(), "valid") for d in range(values.shape[1])], axis=1)

"""Gestures of head and trunk: nods, shakes, looks, bows, leans, shifts of weight."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from solami.body.gestures.pose import Foot, Pose, Score, Side, head, sign, trunk
from solami.body.gestures.writer import Writer


def nod(rng: np.random.Generator, side: Side) -> Score:
    """The head down and up, some times, each smaller than the one before."""
    writer, deep, beat = Writer(rng), float(rng.uniform(15, 22)), float(rng.uniform(0.2, 0.28))
    writer.move(0.2, Pose(head(-4))).stroke()
    for i in range(int(rng.integers(2, 4))):
        size = deep * 0.85**i
        down = Pose({**head(size), "spine3": (size * 0.12, 0, 0)})
        writer.exactly(beat, down).exactly(beat, Pose(head(-2.0)))
    return writer.home(0.35).score()


def shake_head(rng: np.random.Generator, side: Side) -> Score:
    """The head from side to side."""
    writer, wide, beat = Writer(rng), float(rng.uniform(19, 28)) * sign(side), float(rng.uniform(0.24, 0.32))
    writer.move(0.25, Pose(head(3, wide * 0.8))).stroke()
    for i in range(int(rng.integers(2, 4))):
        size = wide * 0.88**i
        writer.exactly(beat, Pose({**head(3, -size), **trunk(0, -size * 0.06)}))
        writer.exactly(beat, Pose({**head(3, size * 0.94), **trunk(0, size * 0.06)}))
    return writer.home(0.35).score()


def _look(rng: np.random.Generator, pose: Pose) -> Score:
    return Writer(rng).move(0.55, pose).stroke().hold(float(rng.uniform(0.8, 1.5))).home(0.55).score()


def look_down(rng: np.random.Generator, side: Side) -> Score:
    """The head down, towards the floor."""
    return _look(rng, Pose({**head(float(rng.uniform(30, 40)), float(rng.normal(0, 4))), **trunk(6)}))


def look_up(rng: np.random.Generator, side: Side) -> Score:
    """The head back, towards the sky."""
    return _look(rng, Pose({**head(-float(rng.uniform(26, 36)), float(rng.normal(0, 4))), **trunk(-6)}))


def look_around(rng: np.random.Generator, side: Side) -> Score:
    """To one side, then to the other; the trunk goes with the head."""
    writer = Writer(rng)
    for way in (sign(side), -sign(side)):
        yaw = way * float(rng.uniform(45, 58))
        writer.move(0.75, Pose({**head(float(rng.normal(-2, 4)), yaw), **trunk(0, yaw * 0.3)})).stroke()
        writer.hold(float(rng.uniform(0.3, 0.6)))
    return writer.home(0.65).score()


def bow(rng: np.random.Generator, side: Side) -> Score:
    """From the hips, the seat back, the head down with the trunk."""
    deep = float(rng.uniform(0.8, 1.15))
    low = Pose({"pelvis": (26 * deep, 0, 0), **trunk(28 * deep), **head(14)}, pelvis=(0, -0.01, -0.09 * deep))
    return Writer(rng).move(0.95, low).stroke().hold(float(rng.uniform(0.3, 0.7))).home(1.0).score()


def lean_forward(rng: np.random.Generator, side: Side) -> Score:
    """The trunk to the front, the eyes ahead."""
    near = Pose({"pelvis": (9, 0, 0), **trunk(18), **head(-14)}, pelvis=(0, 0, 0.02))
    return Writer(rng).move(0.8, near).stroke().hold(float(rng.uniform(0.9, 1.5))).home(0.8).score()


def shift_weight(rng: np.random.Generator, side: Side) -> Score:
    """The hips over one foot, then over the other, the free heel off the floor."""
    writer = Writer(rng)
    for i in range(int(rng.integers(3, 5))):
        way = sign(side) * (1 if i % 2 == 0 else -1)
        pose = Pose(
            {"pelvis": (0, 0, 3.5 * way), **trunk(0, 0, -5 * way), **head(0, 3 * way)}, pelvis=(0.085 * way, -0.004, 0)
        )
        free = Foot(pitch=9.0)
        pose = replace(pose, right_foot=free) if way > 0 else replace(pose, left_foot=free)
        writer.move(0.65, pose).stroke().hold(float(rng.uniform(0.15, 0.4)))
    return writer.home(0.6).score()

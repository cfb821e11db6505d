"""Movements over the floor: walks, steps, turns, dances. Feet are planned step by step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from solami.body.gestures.pose import NEUTRAL, Arm, Key, Pose, Score, Side, Step, head, other, sign, trunk
from solami.body.gestures.writer import Writer

Place = tuple[float, float, float]  # x, z in metres, heading in radians


def along(
    path: Callable[[float], Place], count: int, beat: float, side: Side, lead: float, *, lift: float = 0.06,
    swing: float = 0.8,
) -> tuple[Step, ...]:  # fmt: skip
    """`count` steps over a path that runs from 0 to 1, and a last one that closes the feet."""
    steps: list[Step] = []
    foot = side
    for i in range(count + 1):
        x, z, yaw = path(min(1.0, (i + 0.5) / count) if i + 1 < count else 1.0)
        if i == count and steps and (steps[-1].foot == foot):
            break
        start = lead + i * beat
        steps.append(Step(foot, start, start + beat * swing, x, z, yaw, lift))
        foot = other(foot)
    return tuple(steps)


def _scored(rng: np.random.Generator, steps: tuple[Step, ...], poses: list[Key], swing: float = 1.0) -> Score:
    end = steps[-1].end + 0.35
    keys = [Key(0.2, NEUTRAL), *poses, Key(end, NEUTRAL)]
    return Score(tuple(keys), steps[0].start, steps, 1.0, swing)


def _straight(rng: np.random.Generator, side: Side, metres: float, count: int, beat: float, lean: float) -> Score:
    drift = float(rng.normal(0, 0.03))
    steps = along(lambda s: (drift * metres * s, metres * s, 0.0), count, beat, side, 0.4)
    body = Pose({"pelvis": (lean * 0.5, 0, 0), **trunk(lean), **head(-lean)}, pelvis=(0, -0.012, 0))
    return _scored(rng, steps, [Key(0.75, body), Key(steps[-1].start, body)])


def walk_forward(rng: np.random.Generator, side: Side) -> Score:
    """Four to seven steps to the front."""
    count = int(rng.integers(4, 8))
    return _straight(rng, side, count * float(rng.uniform(0.5, 0.66)), count, float(rng.uniform(0.5, 0.6)), 3.0)


def walk_backward(rng: np.random.Generator, side: Side) -> Score:
    """Four to six shorter steps to the back."""
    count = int(rng.integers(4, 7))
    return _straight(rng, side, -count * float(rng.uniform(0.32, 0.42)), count, float(rng.uniform(0.56, 0.66)), 1.0)


def step_closer(rng: np.random.Generator, side: Side) -> Score:
    """One step to the front and the other foot beside it."""
    return _straight(rng, side, float(rng.uniform(0.38, 0.55)), 1, float(rng.uniform(0.58, 0.68)), 4.0)


def step_back(rng: np.random.Generator, side: Side) -> Score:
    """One step to the back and the other foot beside it."""
    return _straight(rng, side, -float(rng.uniform(0.34, 0.48)), 1, float(rng.uniform(0.58, 0.68)), -2.0)


def walk_in_circle(rng: np.random.Generator, side: Side) -> Score:
    """Around a circle, back to where it began."""
    radius, way = float(rng.uniform(0.65, 0.95)), sign(side)

    def path(s: float) -> Place:
        turn = 2 * np.pi * s
        return way * radius * (1 - np.cos(turn)), radius * np.sin(turn), way * turn

    count = int(np.ceil(2 * np.pi * radius / 0.46))
    steps = along(path, count, float(rng.uniform(0.48, 0.56)), side, 0.4)
    body = Pose({"pelvis": (1.5, 0, 0), **trunk(2, 6 * way, -3 * way), **head(0, 10 * way)}, pelvis=(0, -0.012, 0))
    return _scored(rng, steps, [Key(0.9, body), Key(steps[-1].start, body)])


def _turned(rng: np.random.Generator, side: Side, turn: float, count: int, beat: float, arms: float) -> Score:
    way = sign(side)
    steps = along(lambda s: (0.0, 0.0, way * turn * s), count, beat, side, 0.45, lift=0.05)
    out = Arm(
        (0.36 + 0.14 * arms, -0.16 + 0.14 * arms, 0.14), (0.8, -0.4, 0.3), (-0.2, -1, 0.2), (0.3, -1, -0.5), "open"
    )
    begun = Pose({**trunk(1, 9 * way), **head(2, 24 * way)}, pelvis=(0, -0.015, 0))
    begun = begun.both(out) if arms else begun
    return _scored(rng, steps, [Key(0.6, begun), Key(steps[-1].start, begun)], 0.5)


def turn_around(rng: np.random.Generator, side: Side) -> Score:
    """Half a turn on the spot."""
    return _turned(rng, side, np.pi, 4, float(rng.uniform(0.4, 0.5)), 0.0)


def spin(rng: np.random.Generator, side: Side) -> Score:
    """A whole turn on the spot, the arms carried outwards."""
    return _turned(rng, side, 2 * np.pi, 6, float(rng.uniform(0.28, 0.34)), float(rng.uniform(0.5, 1.0)))


def dance(rng: np.random.Generator, side: Side) -> Score:
    """From side to side on the beat: knees, hips, shoulders and one of four ways of the arms."""
    beat, bars = float(rng.uniform(0.42, 0.54)), int(rng.integers(6, 9))
    figure = int(rng.integers(0, 4))
    wide = float(rng.uniform(0.14, 0.24))
    writer, steps = Writer(rng), list[Step]()
    writer.move(0.55, _danced(figure, sign(side), 3, -0.03, 0)).stroke()
    for i in range(bars):
        way = sign(side) * (1 if i % 2 == 0 else -1)
        x = wide * way if i + 1 < bars else 0.0
        foot: Side = "left" if way > 0 else "right"
        steps.append(Step(foot, writer.at, writer.at + 0.75 * beat, x, 0.0, 0.0, 0.05))
        steps.append(Step(other(foot), writer.at + beat, writer.at + 1.75 * beat, x, 0.0, 0.0, 0.05))
        for half, drop in ((0, -0.07), (1, -0.02), (2, -0.06), (3, -0.02)):
            writer.exactly(beat / 2, _danced(figure, way, half, drop, i))
    return writer.home(0.6).score(steps=tuple(steps), arm_swing=0.0, overlap=0.8)


def _danced(figure: int, way: int, half: int, drop: float, bar: int) -> Pose:
    """One half beat of a dance."""
    hip = 6.0 * way * (1 if half < 2 else 0.4)
    body = Pose(
        {
            "pelvis": (2, 5.0 * way, hip),
            **trunk(4 if half % 2 == 0 else 1, -9 * way, -hip * 1.2),
            **head(5 if half % 2 == 0 else -2, 4 * way, 3 * way),
        },
        pelvis=(0.02 * way, drop, 0),
    )
    up = half % 2 == 1
    bent = Arm((0.22, -0.02, 0.26), (-0.2, 0.5, 1), (-1, -0.3, 0), (0.8, -0.8, -0.4), "relaxed")
    if figure == 0:  # fists pumped by turns
        left, right = (0.08, -0.06) if (half % 4 < 2) == (way > 0) else (-0.06, 0.08)
        return replace(
            body,
            left=replace(bent.at(y=left, z=left), shape="fist"),
            right=replace(bent.at(y=right, z=right), shape="fist"),
        )
    if figure == 1:  # both hands over the head, swaying
        high = Arm((0.30, 0.53, 0.14), (-0.2, 1, 0.1), (-0.3, 0, 1), (0.9, -0.4, 0.2), "open")
        return replace(body, left=high.at(x=0.1 * way, y=0.03 * up), right=high.at(x=-0.1 * way, y=0.03 * up))
    if figure == 2:  # arms out and in
        out = Arm((0.48, 0.02, 0.22), (0.9, 0.25, 0.4), (0, -0.5, 1), (0.3, -1, -0.5), "open")
        return body.both(out.at(y=0.05) if half < 2 else bent.at(x=-0.06, y=0.04))
    point = Arm((0.42, 0.52, 0.16), (0.6, 1, 0.1), (-0.2, 0, 1), (0.5, -0.6, -0.4), "point")
    down = Arm((0.06, -0.22, 0.26), (-0.6, -0.7, 0.5), (0, 0, -1), (0.9, -0.4, -0.2), "point")
    lifted: Side = "left" if (bar // 2) % 2 == 0 else "right"  # a hand up and across
    return body.arm(lifted, point if half < 2 else down).arm(other(lifted), bent)

"""Movements of the whole body on the spot: sitting, squatting, jumping, throwing, fighting, air guitar, stretching."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from solami.body.gestures.pose import Arm, Foot, Pose, Score, Side, head, other, sign, trunk
from solami.body.gestures.writer import Writer

_GUARD = Arm((0.10, 0.17, 0.27), (-0.15, 0.75, 0.6), (-0.8, -0.4, 0.4), (0.6, -1, 0), "fist", touches=True)
_FORWARD = Arm((0.14, 0.06, 0.45), (0, 0, 1), (0, -1, 0), (0.6, -1, -0.2), "relaxed")
_LAP = Arm((0.11, 0.02, 0.34), (-0.1, -0.05, 1), (0, -1, 0), (0.8, -0.6, -0.6), "relaxed", "pelvis", touches=True)


def _on_foot(pose: Pose, side: Side, foot: Foot) -> Pose:
    return replace(pose, left_foot=foot) if side == "left" else replace(pose, right_foot=foot)


def squat(rng: np.random.Generator, side: Side) -> Score:
    """Down on bent knees with the arms to the front, and up."""
    deep = float(rng.uniform(0.34, 0.42))
    low = Pose({"pelvis": (26, 0, 0), **trunk(16), **head(-26)}, (pose_arm := _FORWARD), pose_arm, (0, -deep, -0.13))
    writer = Writer(rng)
    for _ in range(int(rng.integers(1, 3))):
        writer.move(0.8, low).stroke().hold(0.25).move(0.8, Pose())
    return writer.score()


def _seated() -> Pose:
    return Pose(
        {"pelvis": (-4, 0, 0), **trunk(6), **head(-2)}, _LAP, _LAP, (0, -0.40, -0.34), Foot(z=0.04), Foot(z=0.04)
    )


def _between() -> Pose:
    return Pose(
        {"pelvis": (24, 0, 0), **trunk(22), **head(-24)},
        _LAP.at(y=0.05),
        _LAP.at(y=0.05),
        (0, -0.20, -0.20),
        Foot(z=0.04),
        Foot(z=0.04),
    )


def sit(rng: np.random.Generator, side: Side) -> Score:
    """Down on a seat that is not there, the hands on the thighs; up again at the end."""
    writer = Writer(rng).move(0.65, _between()).stroke().move(0.6, _seated()).hold(float(rng.uniform(1.4, 2.2)))
    return writer.move(0.45, _between()).home(0.5).score(overlap=0.3)


def stand_up(rng: np.random.Generator, side: Side) -> Score:
    """From a seat: the trunk to the front, then up."""
    writer = Writer(rng, 0.1).move(0.4, _between()).move(0.35, _seated()).hold(0.45).stroke()
    return writer.move(0.65, _between()).home(0.75).hold(0.7).score(overlap=0.3)


def _leap(writer: Writer, deep: float, seconds: float, swing: float) -> tuple[float, float, float]:
    """Crouch, fly, land; returns when, and how high."""
    back = Arm((0.22, -0.30, -0.08 * swing), (0, -1, -0.3), (-1, 0, 0), (0.5, -0.4, -1), "relaxed")
    up = Arm((0.24, -0.1 + 0.28 * swing, 0.34), (0, 0.3 * swing, 1), (-1, 0, 0), (0.6, -1, -0.2), "open")
    crouch = Pose(
        {"pelvis": (70 * deep, 0, 0), **trunk(60 * deep), **head(-70 * deep)}, back, back, (0, -deep, -deep * 0.3)
    )
    fly = Pose({**trunk(-2)}, up, up)
    down = Arm((0.26, -0.2, 0.24), (0, -0.2, 1), (-0.6, -0.8, 0), (0.7, -0.8, -0.4), "relaxed")
    land = replace(crouch, left=down, right=down, pelvis=(0, -0.7 * deep, -deep * 0.2))
    writer.move(1.1 * deep + 0.22, crouch).stroke().exactly(0.17 + 0.05 * swing, fly)
    leaves = writer.at - 0.02
    writer.exactly(seconds, fly).exactly(0.2, land)
    return leaves, leaves + seconds, 9.81 * seconds**2 / 8


def jump(rng: np.random.Generator, side: Side) -> Score:
    """Up with both arms."""
    writer, flights = Writer(rng), []
    for _ in range(int(rng.integers(1, 3))):
        flights.append(_leap(writer, float(rng.uniform(0.16, 0.24)), float(rng.uniform(0.36, 0.46)), 1.0))
    return writer.home(0.5).score(flights=tuple(flights))


def hop(rng: np.random.Generator, side: Side) -> Score:
    """Several small jumps one after the other."""
    writer, flights = Writer(rng), []
    for _ in range(int(rng.integers(3, 6))):
        flights.append(_leap(writer, float(rng.uniform(0.06, 0.09)), float(rng.uniform(0.22, 0.28)), 0.2))
    return writer.home(0.4).score(flights=tuple(flights))


def throw(rng: np.random.Generator, side: Side) -> Score:
    """Draw back, throw overhand, follow through."""
    way = sign(side)
    back = Arm((0.34, 0.26, -0.16), (0.1, 0.9, -0.5), (0.1, 0.3, 1), (1, -0.2, -0.5), "grip")
    front = Arm((0.06, 0.30, 0.52), (-0.1, 0.3, 1), (0, -0.8, 0.5), (0.8, -0.5, 0.2), "open")
    after = Arm((-0.10, -0.16, 0.36), (-0.4, -0.7, 0.7), (-0.3, -0.5, -0.8), (0.8, -0.8, 0.2), "relaxed")
    aim = Arm((0.14, 0.08, 0.36), (0, 0.3, 1), (-0.5, -1, 0), (0.6, -1, -0.2), "relaxed")
    wind = Pose(
        {"pelvis": (0, 8 * way, 0), **trunk(-6, 18 * way), **head(0, -20 * way)}, pelvis=(0.03 * way, -0.02, -0.05)
    )
    loose = Pose(
        {"pelvis": (3, -6 * way, 0), **trunk(8, -12 * way), **head(0, 12 * way)}, pelvis=(-0.02 * way, -0.02, 0.05)
    )
    done = Pose(
        {"pelvis": (6, -8 * way, 0), **trunk(16, -18 * way), **head(-4, 16 * way)}, pelvis=(-0.02 * way, -0.02, 0.06)
    )
    writer = Writer(rng).move(0.65, wind.arm(side, back).arm(other(side), aim)).hold(0.1).stroke()
    writer.move(0.33, loose.arm(side, front).arm(other(side), aim.at(y=-0.1, z=-0.12))).move(
        0.24, done.arm(side, after)
    )
    return writer.hold(0.1).home(0.8).score(overlap=0.7)


def catch(rng: np.random.Generator, side: Side) -> Score:
    """Both hands out to something that comes, and in to the chest with it."""
    high = float(rng.uniform(-0.05, 0.15))
    out = Arm((0.11, 0.05 + high, 0.42), (0.05, 0.5, 1), (-0.8, -0.1, 0.5), (0.6, -1, -0.1), "spread")
    shut = replace(out.at(x=-0.03, z=0.02), shape="cup", facing=(-1, 0, 0.2))
    near = Arm((0.08, -0.05, 0.21), (-0.35, 0.3, 1), (-1, 0, -0.3), (0.8, -1, -0.2), "cup")
    ready = Pose({**trunk(4), **head(-8 * high / 0.1 - 4)}, out, out, (0, -0.04, 0))
    got = Pose({**trunk(2), **head(2)}, shut, shut, (0, -0.05, 0.01))
    kept = Pose({**trunk(5), **head(10)}, near, near, (0, -0.06, -0.02))
    return (
        Writer(rng)
        .move(0.55, ready)
        .hold(0.3)
        .stroke()
        .move(0.16, got)
        .move(0.3, kept)
        .hold(0.6)
        .home()
        .score(overlap=0.5)
    )


def stretch(rng: np.random.Generator, side: Side) -> Score:
    """Both arms up, the back long, then out and down."""
    start = Arm((0.06, 0.10, 0.30), (-0.8, 0.5, 0.2), (0, 0, 1), (1, -0.5, 0), "relaxed")
    up = Arm((0.07, 0.66, 0.04), (-0.3, 1, -0.1), (0, 0.3, 1), (1, -0.2, 0.2), "spread")
    out = Arm((0.66, 0.22, -0.04), (1, 0.25, -0.2), (0, -0.2, 1), (0.2, -1, -0.6), "spread")
    tall = Pose({**trunk(-9), **head(-14)}, up, up)
    tall = replace(tall, left_foot=Foot(pitch=12), right_foot=Foot(pitch=12)) if rng.random() < 0.5 else tall
    lean = 9.0 * sign(side) if rng.random() < 0.5 else 0.0
    writer = Writer(rng).move(0.5, Pose(trunk(2)).both(start)).move(0.7, tall).stroke().hold(0.5)
    writer.move(0.5, tall.bent(**trunk(0, 0, lean))).hold(0.3)
    return writer.move(0.55, Pose({**trunk(-4), **head(-4)}, out, out)).home(0.7).score()


def air_guitar(rng: np.random.Generator, side: Side) -> Score:
    """One hand on the neck of a guitar, the other strums; the head goes along."""
    neck, strum = side, other(side)
    fret = Arm((0.46, 0.0, 0.26), (-0.2, 0.75, 0.5), (-0.6, 0.6, -0.5), (0.7, -1, 0), "grip")
    high = Arm((0.03, -0.16, 0.21), (-0.9, -0.15, 0.3), (-0.1, 0.1, -1), (1, -0.5, -0.2), "cup")
    low = replace(high.at(y=-0.14, x=0.01), fingers=(-0.8, -0.6, 0.3))
    lean = {"pelvis": (-3.0, -10.0 * sign(neck), 0.0)}
    writer, beat = Writer(rng), float(rng.uniform(0.19, 0.26))
    start = Pose({**lean, **trunk(4), **head(4)}, pelvis=(0, -0.05, 0)).arm(neck, fret).arm(strum, high)
    writer.move(0.6, start).stroke()
    for i in range(int(rng.integers(6, 11))):
        slide = fret.at(x=-0.07 if i % 4 > 1 else 0.0, z=0.02)
        for arm, bang, drop in ((low, 12.0, -0.08), (high, 0.0, -0.05)):
            pose = Pose({**lean, **trunk(6 + bang / 3), **head(4 + bang)}, pelvis=(0, drop, 0))
            writer.exactly(beat, pose.arm(neck, slide).arm(strum, arm))
    return writer.home().score(overlap=0.6)


def _stance(side: Side) -> Pose:
    """A boxer's stance, the other side's foot and fist in front."""
    lead = other(side)
    body = Pose(
        {"pelvis": (4, 22 * sign(side), 0), **trunk(8, 6 * sign(side)), **head(4, -24 * sign(side))},
        pelvis=(0, -0.07, 0.0),
    )
    body = _on_foot(_on_foot(body, lead, Foot(z=0.14, yaw=-8)), side, Foot(z=-0.14, yaw=18, pitch=7))
    return body.arm(lead, _GUARD.at(z=0.06, x=0.0)).arm(side, _GUARD.at(z=-0.05, y=0.02))


def _step_in(writer: Writer, side: Side) -> Pose:
    """Into the stance by lifting the feet one after the other."""
    goal, lead = _stance(side), other(side)
    half = replace(goal, pelvis=(0.02 * sign(side), -0.04, 0))
    lifted = _on_foot(_on_foot(half, side, Foot()), lead, Foot(z=0.07, lift=0.05))
    stood = _on_foot(_on_foot(half, side, Foot()), lead, Foot(z=0.14, yaw=-8))
    writer.move(0.34, lifted).exactly(0.18, stood)
    writer.exactly(0.18, _on_foot(stood, side, Foot(z=-0.07, lift=0.04, yaw=9))).exactly(0.2, goal)
    return goal


def _step_out(writer: Writer, side: Side) -> None:
    goal, lead = _stance(side), other(side)
    low = Arm((0.16, -0.12, 0.24), (-0.2, 0.1, 1), (-1, -0.4, 0), (0.6, -1, -0.4), "fist")
    back = replace(goal, left=low, right=low, trunk={}, pelvis=(0, -0.02, 0))
    writer.exactly(0.3, _on_foot(back, side, Foot(z=-0.05, lift=0.04))).exactly(0.2, _on_foot(back, side, Foot()))
    back = replace(back, left=replace(low, shape="relaxed"), right=replace(low, shape="relaxed"))
    last = _on_foot(_on_foot(back, side, Foot()), lead, Foot(z=0.05, lift=0.04))
    writer.exactly(0.3, last).exactly(0.4, Pose())


def boxing(rng: np.random.Generator, side: Side) -> Score:
    """Into the stance, fists up, bobbing, and out of it."""
    writer = Writer(rng)
    goal = _step_in(writer, side)
    writer.stroke()
    for i in range(int(rng.integers(4, 8))):
        sway = 0.03 * (1 if i % 2 else -1)
        writer.exactly(0.2, replace(goal, pelvis=(sway, -0.11, 0.0)).bent(**trunk(3, 3 * (-1) ** i)))
        writer.exactly(0.2, replace(goal, pelvis=(sway, -0.06, 0.01)))
    _step_out(writer, side)
    return writer.score(overlap=0.6)


def punch(rng: np.random.Generator, side: Side) -> Score:
    """From the stance a straight punch, or two."""
    fist = Arm((0.0, 0.18, 0.62), (0, 0.0, 1), (-0.2, -1, 0), (0.8, -0.8, 0), "fist", touches=True)
    writer = Writer(rng)
    goal = _step_in(writer, side)
    for i in range(int(rng.integers(1, 4))):
        arm = side if i % 2 == 0 else other(side)
        way = sign(arm)
        writer.move(0.18, goal.bent(**trunk(0, 6 * way))).stroke()
        turned = goal.bent(pelvis=(2, -12 * way, 0), **trunk(4, -16 * way), **head(0, 22 * way)).arm(arm, fist)
        writer.exactly(0.29, replace(turned, pelvis=(0, -0.08, 0.04))).exactly(
            0.07, replace(turned, pelvis=(0, -0.08, 0.04))
        )
        writer.exactly(0.34, goal)
    writer.hold(0.2)
    _step_out(writer, side)
    return writer.score(overlap=0.4)


def kick(rng: np.random.Generator, side: Side) -> Score:
    """The weight on one leg, the other knee up, the foot to the front, and back."""
    way = sign(side)
    high = float(rng.uniform(0.45, 0.68))
    guard = _GUARD.at(z=0.02, y=-0.05)
    stand = Pose({"pelvis": (0, 0, -2.0 * way), **trunk(2), **head(0)}, guard, guard, (-0.085 * way, -0.02, 0))
    chamber = _on_foot(stand.bent(pelvis=(-6, 0, 0), **trunk(-2)), side, Foot(x=-0.04, z=0.24, lift=0.40, pitch=18))
    out = _on_foot(
        stand.bent(pelvis=(-14, 0, 0), **trunk(-6), **head(14)), side, Foot(x=-0.05, z=0.74, lift=high, pitch=-28)
    )
    writer = Writer(rng).move(0.45, stand).move(0.3, chamber).stroke()
    writer.exactly(0.2, out).exactly(0.05, out).exactly(0.26, chamber).move(0.35, stand)
    return writer.home(0.55).score(overlap=0.5)

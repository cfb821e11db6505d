"""Gestures in which hands touch: each other, the face, the chest, the hips."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from solami.body.gestures.pose import Arm, Pose, Score, Side, head, other, sign, trunk
from solami.body.gestures.writer import Writer


def clap(rng: np.random.Generator, side: Side) -> Score:
    """Palms meet in front of the chest, several times."""
    high = float(rng.uniform(-0.06, 0.08))
    met = Arm((0.0, 0.02 + high, 0.30), (0.0, 0.6, 0.8), (-1, 0, 0), (0.8, -1, -0.1), "flat", touches=True)
    apart = replace(met.at(x=float(rng.uniform(0.08, 0.14))), fingers=(0.25, 0.55, 0.8), facing=(-1, 0.15, 0.25))
    body, beat = Pose({**trunk(3), **head(3)}), float(rng.uniform(0.14, 0.2))
    writer = Writer(rng).move(0.6, body.both(apart)).stroke()
    for _ in range(int(rng.integers(5, 10))):
        writer.exactly(beat, body.bent(head=(2, 0, 0)).both(met)).exactly(0.04, body.bent(head=(2, 0, 0)).both(met))
        writer.exactly(beat, body.both(apart))
    return writer.home().score(overlap=0.0)


def hand_on_chest(rng: np.random.Generator, side: Side) -> Score:
    """The palm on the heart's height, the head a little down."""
    arm = Arm((-0.03, 0.05, 0.105), (-1, 0.35, 0.1), (0, 0, -1), (1, -0.9, 0.2), "flat", touches=True)
    near = replace(arm.at(z=0.09, y=-0.03), shape="open")
    body = Pose({**trunk(5), **head(9, 0, 3 * sign(side))})
    writer = Writer(rng).move(0.5, Pose(trunk(2)).arm(side, near)).move(0.25, body.arm(side, arm)).stroke().hold(1.1)
    return writer.move(0.25, body.arm(side, near)).home().score(overlap=0.5)


def point_at_self(rng: np.random.Generator, side: Side) -> Score:
    """The index finger to the chest."""
    arm = Arm((0.06, 0.02, 0.20), (-0.55, 0.15, -0.75), (-0.7, -0.3, 0.5), (1, -0.6, 0.3), "point", touches=True)
    body = Pose({**trunk(-2), **head(5, 0, -3 * sign(side))})
    writer = Writer(rng).move(0.5, body.arm(side, arm.at(z=0.07, x=0.03))).stroke()
    for _ in range(int(rng.integers(1, 3))):
        writer.move(0.18, body.bent(**head(3)).arm(side, arm)).move(0.2, body.arm(side, arm.at(z=0.05, x=0.02)))
    return writer.move(0.18, body.arm(side, arm)).hold(0.5).home().score(overlap=0.4)


def cover_face(rng: np.random.Generator, side: Side) -> Score:
    """Both palms before the face, the head down."""
    arm = Arm((0.042, 0.06, 0.118), (-0.2, 1, -0.1), (-0.1, 0, -1), (0.5, -1, 0.3), "flat", "head", touches=True)
    near = replace(arm.at(y=-0.12, z=0.10, x=0.04), shape="open")
    body = Pose({**trunk(10), **head(16)})
    writer = Writer(rng).move(0.55, Pose(head(4)).both(near)).move(0.3, body.both(arm)).stroke().hold(1.2)
    return writer.move(0.35, Pose(head(8)).both(near)).home().score(overlap=0.5)


def hands_on_hips(rng: np.random.Generator, side: Side) -> Score:
    """Both hands on the hips, elbows out."""
    arm = Arm(
        (0.155, 0.06, 0.03), (-0.35, -0.45, 0.8), (-0.9, -0.1, -0.45), (1, 0.0, -0.7), "cup", "pelvis", touches=True
    )
    out = arm.at(x=0.10, z=0.06)
    body = Pose({**trunk(-4), **head(-2, float(rng.normal(0, 4)))})
    return (
        Writer(rng)
        .move(0.5, Pose().both(out))
        .move(0.3, body.both(arm))
        .stroke()
        .hold(1.4)
        .move(0.3, Pose().both(out))
        .home(0.6)
        .score(overlap=0.5)
    )


def cross_arms(rng: np.random.Generator, side: Side) -> Score:
    """Forearms across the chest, one hand on the other arm."""
    over = Arm((-0.15, 0.0, 0.195), (-1, 0.35, -0.15), (0.1, -0.2, -1), (0.8, -1, 0.5), "cup", touches=True)
    under = Arm((-0.12, -0.05, 0.145), (-1, 0.2, -0.2), (0.1, -0.2, -1), (0.8, -1, 0.3), "relaxed", touches=True)
    ready = Pose().arm(side, over.at(x=0.2, z=0.14)).arm(other(side), under.at(x=0.2, z=0.1, y=-0.03))
    done = Pose({**trunk(-3), **head(2, 0, float(rng.normal(0, 3)))}).arm(side, over).arm(other(side), under)
    return Writer(rng).move(0.5, ready).move(0.4, done).stroke().hold(1.5).move(0.4, ready).home(0.6).score(overlap=0.4)


def scratch_head(rng: np.random.Generator, side: Side) -> Score:
    """Fingers on the side of the crown, scratching."""
    arm = Arm((0.095, 0.17, 0.02), (-0.65, 0.45, -0.45), (-0.75, -0.65, 0), (1, 0.05, 0.5), "cup", "head", touches=True)
    body = Pose({**trunk(1), **head(6, 6 * sign(side), 7 * sign(side))})
    writer = (
        Writer(rng).move(0.45, Pose().arm(side, arm.at(x=0.13, y=-0.08, z=0.1))).move(0.3, body.arm(side, arm)).stroke()
    )
    for _ in range(int(rng.integers(3, 6))):
        writer.exactly(0.15, body.arm(side, arm.at(y=0.02, z=-0.03))).exactly(
            0.15, body.arm(side, arm.at(y=-0.01, z=0.02))
        )
    return writer.move(0.3, Pose().arm(side, arm.at(x=0.13, y=-0.08, z=0.1))).home().score(overlap=0.3)


def think(rng: np.random.Generator, side: Side) -> Score:
    """A hand on the chin, the other arm under its elbow; the eyes wander."""
    chin = Arm(
        (0.02, -0.075, 0.125), (-0.55, 0.8, -0.1), (-0.1, 0.35, -1), (0.35, -1, 0.3), "cup", "head", touches=True
    )
    under = Arm((-0.10, -0.13, 0.19), (-1, 0.05, 0.15), (0, 0.5, -0.8), (0.7, -1, 0.1), "relaxed")
    body = Pose({**trunk(2), **head(5, 0, 4 * sign(side))})
    away = body.bent(**head(-9, float(rng.uniform(8, 18)) * (1 if rng.random() < 0.5 else -1)))

    def put(pose: Pose) -> Pose:
        return pose.arm(side, chin).arm(other(side), under)

    writer = Writer(rng).move(0.75, put(body)).stroke().hold(0.4).move(0.6, put(away)).hold(0.7).move(0.5, put(body))
    return writer.home(0.8).score(overlap=0.4)


def salute(rng: np.random.Generator, side: Side) -> Score:
    """The flat hand to the brow, the body upright."""
    arm = Arm((0.145, 0.085, 0.075), (-0.85, 0.35, 0.2), (0, -0.7, 0.7), (1, -0.15, 0.25), "flat", "head", touches=True)
    body = Pose({**trunk(-3), **head(-2)})
    return (
        Writer(rng)
        .move(0.5, body.arm(side, arm.at(x=0.03, z=0.02)))
        .move(0.12, body.arm(side, arm))
        .stroke()
        .hold(0.9)
        .home(0.5)
        .score(overlap=0.4)
    )


def wipe_brow(rng: np.random.Generator, side: Side) -> Score:
    """The hand drawn along the forehead."""
    arm = Arm((-0.05, 0.125, 0.115), (-1, 0.25, -0.1), (0, -0.1, -1), (1, -0.3, 0.5), "flat", "head", touches=True)
    end = replace(arm.at(x=0.135, z=-0.02), fingers=(-0.8, 0.5, 0.2), facing=(-0.4, 0, -0.9))
    low, high = Pose({**trunk(4), **head(8)}), Pose({**trunk(-2), **head(-4, 0, 4 * sign(side))})
    writer = Writer(rng).move(0.65, low.arm(side, arm)).stroke().move(0.6, low.arm(side, end))
    writer.move(0.25, high.arm(side, end.at(x=0.10, z=0.08))).hold(0.1)
    return writer.home().score(overlap=0.4)

"""Gestures of one or two arms in the air: waves, points, palms, cheers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from solami.body.gestures.pose import NEUTRAL, Arm, Pose, Score, Shape, Side, Vector, head, other, sign, trunk
from solami.body.gestures.writer import Writer

_WAVING = Arm((0.30, 0.32, 0.20), (0.05, 1.0, 0.1), (0.0, 0.0, 1.0), (0.6, -1.0, 0.0), "open")
_UP: Vector = (0.0, 1.0, 0.0)


def wave(rng: np.random.Generator, side: Side) -> Score:
    """One hand beside the head, to and fro."""
    return _waved(rng, lambda pose, arm: pose.arm(side, arm), sign(side))


def wave_both(rng: np.random.Generator, side: Side) -> Score:
    """Both hands, to and fro."""
    return _waved(rng, lambda pose, arm: pose.both(arm), 0)


def _waved(rng: np.random.Generator, put: Callable[[Pose, Arm], Pose], way: int) -> Score:
    raised = _WAVING.at(y=float(rng.uniform(-0.05, 0.12)), x=float(rng.uniform(-0.03, 0.06)))
    wide, beat = float(rng.uniform(0.05, 0.09)), float(rng.uniform(0.2, 0.28))
    body = Pose({**trunk(0, 3 * way, -2 * way), **head(2, 0, 5 * way)})
    out = put(body, replace(raised.at(x=wide), fingers=(0.38, 1.0, 0.05)))
    inn = put(body, replace(raised.at(x=-wide), fingers=(-0.30, 1.0, 0.1)))
    writer = Writer(rng).move(0.6, out).stroke()
    for _ in range(int(rng.integers(2, 5))):
        writer.exactly(beat, inn).exactly(beat, out)
    return writer.home(0.75).score(overlap=0.6)


def _shown(
    rng: np.random.Generator, side: Side, arm: Arm, body: Pose, *, reach: float = 0.55, hold: float = 0.9,
    over: Vector = (0.0, 0.0, 0.0),
) -> Score:  # fmt: skip
    """Raise, overshoot by `over`, settle, hold, back."""
    writer = Writer(rng)
    start = replace(arm.at(x=-0.2 * arm.palm[0], y=-0.16, z=-0.14 if arm.palm[2] > 0.2 else 0.0), shape="relaxed")
    writer.move(0.6 * reach, Pose(head().copy()).arm(side, replace(start, elbow=arm.elbow)))
    writer.move(0.6 * reach, body.arm(side, arm.at(*over))).stroke()
    return writer.move(0.22, body.arm(side, arm)).hold(hold).home().score()


def point_forward(rng: np.random.Generator, side: Side) -> Score:
    """A straight arm to the front."""
    arm = Arm((0.17, 0.16 + float(rng.uniform(-0.02, 0.05)), 0.62), (0, 0.0, 1), (-0.35, -1, 0), (0.6, -1, 0), "point")
    return _shown(rng, side, replace(arm, touches=True), Pose({**trunk(3, -8 * sign(side)), **head(0, 4 * sign(side))}))


def point_at_user(rng: np.random.Generator, side: Side) -> Score:
    """At the one in front, with a bent elbow."""
    arm = Arm((0.08, 0.05, 0.47), (-0.1, 0.12, 1), (-0.5, -1, 0), (0.7, -1, -0.2), "point")
    body = Pose({**trunk(4, -4 * sign(side)), **head(3, 3 * sign(side))})
    return _shown(rng, side, arm, body, over=(0, 0.0, 0.04), hold=0.6)


def point_aside(rng: np.random.Generator, side: Side) -> Score:
    """To the side of the arm; the head looks there."""
    arm = Arm((0.78, 0.16, 0.25), (1, 0.05, 0.28), (0, -1, 0.25), (0.2, -1, -0.5), "point", touches=True)
    look = float(rng.uniform(28, 48)) * sign(side)
    return _shown(rng, side, arm, Pose({**trunk(0, 8 * sign(side)), **head(0, look)}))


def point_up(rng: np.random.Generator, side: Side) -> Score:
    """Straight up; the eyes follow."""
    arm = Arm((0.20, 0.66, 0.16), (-0.05, 1, 0.1), (-0.3, 0, 1), (0.7, -0.4, 0.5), "point")
    return _shown(rng, side, arm, Pose({**trunk(-4), **head(-float(rng.uniform(14, 26)), 4 * sign(side))}))


def thumbs_up(rng: np.random.Generator, side: Side) -> Score:
    """A fist in front, the thumb up."""
    arm = Arm((0.15, 0.0, 0.36), (-0.25, 0.05, 1), (-1, 0, -0.2), (0.6, -1, -0.3), "thumb")
    return _shown(rng, side, arm, Pose({**trunk(2), **head(6)}), over=(0, 0.02, 0.05))


def stop(rng: np.random.Generator, side: Side) -> Score:
    """The palm against the one in front."""
    arm = Arm((0.12, 0.16, 0.47), (0, 1, 0.12), (0, -0.05, 1), (0.7, -1, -0.1), "flat")
    return _shown(rng, side, arm, Pose({**trunk(-3, -5 * sign(side)), **head(0)}), over=(0, 0, 0.06))


def offer(rng: np.random.Generator, side: Side) -> Score:
    """An open palm, upwards, held out."""
    arm = Arm((0.22, -0.06, 0.40), (0.15, 0.05, 1), (-0.15, 1, 0.1), (0.5, -1, -0.4), "open")
    return _shown(
        rng, side, arm, Pose({**trunk(5, -4 * sign(side)), **head(4, 0, 3 * sign(side))}), over=(0, -0.02, 0.04)
    )


def handshake(rng: np.random.Generator, side: Side) -> Score:
    """A hand held out on its edge, shaken a little."""
    arm = Arm((0.06, -0.13, 0.44), (-0.05, -0.05, 1), (-1, 0, 0), (0.4, -1, -0.4), "flat")
    body = Pose({**trunk(8, -4 * sign(side)), **head(-3)})
    writer = Writer(rng).move(0.65, body.arm(side, arm)).stroke().hold(0.5)
    for _ in range(int(rng.integers(1, 4))):
        writer.exactly(0.17, body.arm(side, arm.at(y=0.04))).exactly(0.17, body.arm(side, arm.at(y=-0.03)))
    return writer.move(0.2, body.arm(side, arm)).hold(0.25).home().score(overlap=0.5)


def high_five(rng: np.random.Generator, side: Side) -> Score:
    """A palm drawn back high, then to the front."""
    back = Arm((0.24, 0.34, 0.08), (0.05, 1, -0.25), (0, 0.1, 1), (0.8, -0.8, -0.1), "spread")
    front = Arm((0.10, 0.40, 0.42), (0, 1, 0.25), (0, -0.1, 1), (0.8, -0.8, 0.1), "spread")
    low, high = Pose({**trunk(-3, 6 * sign(side)), **head(-4)}), Pose({**trunk(4, -8 * sign(side)), **head(-6)})
    writer = Writer(rng).move(0.5, low.arm(side, back)).hold(0.12).stroke()
    return writer.move(0.24, high.arm(side, front)).hold(0.45).home().score(overlap=0.7)


def reach(rng: np.random.Generator, side: Side) -> Score:
    """An arm stretched out to take something in front."""
    arm = Arm((0.10, 0.05, 0.58), (0, 0.0, 1), (-0.6, -0.8, 0), (0.6, -1, -0.1), "open")
    far = Pose({**trunk(13, -12 * sign(side)), **head(-4, 5 * sign(side))}, pelvis=(0, 0, 0.03))
    writer = Writer(rng).move(0.75, far.arm(side, arm)).stroke().hold(0.3)
    writer.move(0.3, far.arm(side, replace(arm.at(z=-0.02), shape="grip"))).hold(0.2)
    return writer.home(0.85).score()


def beckon(rng: np.random.Generator, side: Side) -> Score:
    """An upturned palm whose fingers come towards oneself, some times."""
    far = Arm((0.15, 0.02, 0.38), (0, 0.25, 1), (0, 1, -0.25), (0.5, -1, -0.3), "open")
    near = Arm((0.14, 0.08, 0.30), (0, 1, 0.1), (0, 0.1, -1), (0.5, -1, -0.3), "cup")
    body = Pose({**trunk(4), **head(4, 0, 3 * sign(side))})
    writer = Writer(rng).move(0.6, body.arm(side, far)).stroke()
    for _ in range(int(rng.integers(2, 5))):
        writer.exactly(0.27, body.bent(head=(-4, 0, 0)).arm(side, near)).exactly(0.27, body.arm(side, far))
    return writer.home().score()


def listing(rng: np.random.Generator, side: Side) -> Score:
    """One, two, three, a beat for each finger."""
    arm = Arm((0.16, 0.14, 0.30), (0.05, 1, 0.15), (-0.2, 0, 1), (0.6, -1, 0), "one")
    body = Pose(head(2, 3 * sign(side)))
    writer = Writer(rng).move(0.6, body.arm(side, arm)).stroke().hold(0.3)
    shapes: tuple[Shape, ...] = ("two", "three", "four")
    for shape in shapes[: int(rng.integers(2, 4))]:
        counted = replace(arm, shape=shape)
        writer.move(0.32, body.bent(**head(3)).arm(side, counted.at(y=0.045)))
        writer.move(0.18, body.bent(**head(6)).arm(side, counted.at(y=-0.03)))
        writer.move(0.2, body.arm(side, counted)).hold(0.25)
    return writer.home().score(overlap=0.7)


def cheer(rng: np.random.Generator, side: Side) -> Score:
    """Both fists up, shaken."""
    high = Arm((0.26, 0.62, 0.10), (0.1, 1, 0.05), (-0.6, 0, 0.8), (0.9, -0.3, 0.3), "fist")
    low = replace(high.at(x=0.05, y=-0.14), elbow=(1, -0.6, 0.2))
    up, down = (
        Pose({**trunk(-6), **head(-14)}).both(high),
        Pose({**trunk(-2), **head(-6)}, pelvis=(0, -0.03, 0)).both(low),
    )
    writer = Writer(rng).move(0.3, Pose({**trunk(6), **head(4)}, pelvis=(0, -0.05, 0))).move(0.5, up).stroke()
    for _ in range(int(rng.integers(2, 5))):
        writer.exactly(0.22, down).exactly(0.22, up)
    return writer.hold(0.3).home(0.8).score(overlap=0.7)


def arms_wide(rng: np.random.Generator, side: Side) -> Score:
    """Both arms open, palms to the front."""
    close = Arm((0.10, 0.0, 0.30), (-0.2, 0.2, 1), (-1, 0.2, 0), (0.6, -1, -0.2), "relaxed")
    wide = Arm(
        (0.62, 0.10 + float(rng.uniform(-0.08, 0.06)), 0.24),
        (0.85, 0.1, 0.5),
        (-0.3, 0.35, 0.9),
        (0.4, -1, -0.5),
        "open",
    )
    open_ = Pose({**trunk(-5), **head(-5)}).both(wide)
    return Writer(rng).move(0.4, Pose(trunk(3)).both(close)).move(0.5, open_).stroke().hold(0.8).home(0.8).score()


def shrug(rng: np.random.Generator, side: Side) -> Score:
    """Shoulders up, palms up and out, the head to one side."""
    arm = Arm((0.32, -0.12, 0.27), (0.7, 0.1, 0.7), (-0.1, 1, 0.2), (0.3, -1, -0.5), "open")
    collars = {"left_collar": (0.0, 0.0, 17.0), "right_collar": (0.0, 0.0, -17.0)}
    tilt = float(rng.uniform(5, 10)) * sign(side)
    up = Pose({**trunk(-2), **head(3, 0, tilt), **collars}).both(arm)
    writer = Writer(rng).move(0.35, Pose(head(2)).both(arm.at(y=-0.08, x=-0.08))).move(0.3, up).stroke().hold(0.45)
    return writer.move(0.3, Pose(head(2, 0, tilt / 2)).both(arm.at(y=-0.04))).home().score(overlap=0.7)


def beats(rng: np.random.Generator, side: Side) -> Score:
    """Small strokes of one hand, sometimes of both, as of one who talks."""
    both = rng.random() < 0.4
    rest = Arm((0.17, -0.15, 0.26), (-0.3, 0.0, 1), (-0.95, 0.1, -0.1), (0.5, -1, -0.5), "relaxed")
    writer = Writer(rng)

    def pose(arm: Arm, nod: float) -> Pose:
        body = Pose({**trunk(2, 2 * sign(side)), **head(nod, float(rng.normal(0, 3)), float(rng.normal(0, 2)))})
        return body.both(arm) if both else body.arm(side, arm)

    writer.move(0.5, pose(rest.at(y=0.03), 0)).stroke()
    for _ in range(int(rng.integers(3, 7))):
        x, high = float(rng.normal(0.01, 0.035)), float(rng.uniform(0.02, 0.06))
        open_ = replace(rest.at(x=x, y=high), shape="open", facing=(-0.75, 0.45, 0.1))
        writer.move(float(rng.uniform(0.22, 0.4)), pose(open_, -2))
        writer.move(float(rng.uniform(0.16, 0.24)), pose(open_.at(y=-high - 0.03, z=0.04), 5)).hold(
            float(rng.uniform(0.05, 0.3))
        )
    return writer.home().score()


def talk_both(rng: np.random.Generator, side: Side) -> Score:
    """Large strokes of both hands: opening, shaping, dealing to the sides."""
    base = Arm((0.16, -0.04, 0.32), (-0.2, 0.3, 1), (-0.8, 0.5, 0.1), (0.6, -1, -0.3), "open")
    writer = Writer(rng).move(0.5, Pose(head(2)).both(base)).stroke()
    for _ in range(int(rng.integers(4, 7))):
        x, y, z = float(rng.uniform(-0.05, 0.22)), float(rng.uniform(-0.1, 0.12)), float(rng.uniform(-0.06, 0.08))
        turn = float(rng.normal(0, 7))
        body = Pose({**trunk(3, turn), **head(float(rng.normal(0, 3)), -turn / 2, float(rng.normal(0, 3)))})
        palm_up: Vector = (-0.4, float(rng.uniform(0.2, 1)), 0.2)
        one, two = base.at(x, y, z), base.at(x + float(rng.normal(0, 0.03)), y + float(rng.normal(0, 0.03)), z)
        goal = body.both(replace(one, facing=palm_up)).arm(other(side), replace(two, facing=palm_up))
        writer.move(float(rng.uniform(0.35, 0.5)), goal)
        writer.move(0.2, body.bent(**head(4)).both(replace(one.at(y=-0.04), facing=palm_up)))
        writer.hold(float(rng.uniform(0.05, 0.3)))
    return writer.home().score()


def still(rng: np.random.Generator, side: Side) -> Score:
    """Nothing but the idle."""
    return Writer(rng).move(float(rng.uniform(2.5, 5.0)), NEUTRAL).score()

"""What a key pose says: turns of the trunk in degrees, where each palm is, what the fingers do, where the feet stand.

Conventions. Trunk turns are degrees (forward, left, right-lean): about +X the body bows, about +Y it turns to its
left, about +Z it leans to its right. An `Arm` is written for the left side, x outwards: the right arm is its mirror
image. The palm's place is in metres in the axes of the chest (spine3), head or pelvis: x outwards, y up, z forwards.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

Vector = tuple[float, float, float]
Shape = Literal[
    "relaxed", "open", "flat", "spread", "fist", "point", "thumb", "cup", "one", "two", "three", "four", "grip"
]
Side = Literal["left", "right"]
SIDES: tuple[Side, ...] = ("left", "right")


@dataclass(frozen=True, slots=True)
class Arm:
    """Where a hand is, by inverse kinematics."""

    palm: Vector  # middle of the palm, metres
    fingers: Vector  # the way the fingers point
    facing: Vector  # the way the palm faces
    elbow: Vector = (0.5, -1.0, -0.35)  # the way the elbow points
    shape: Shape = "relaxed"
    frame: Literal["chest", "head", "pelvis"] = "chest"
    touches: bool = False  # what it touches is where it must be: no variation

    def at(self, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> Arm:
        """The same, moved."""
        return replace(self, palm=(self.palm[0] + x, self.palm[1] + y, self.palm[2] + z))


@dataclass(frozen=True, slots=True)
class Foot:
    """Where a foot is, relative to where it stands: metres in the body's axes, degrees."""

    x: float = 0.0  # outwards
    z: float = 0.0
    lift: float = 0.0
    yaw: float = 0.0  # outwards
    pitch: float = 0.0  # heel up about the ball; negative: toes up


@dataclass(frozen=True, slots=True)
class Pose:
    """One key pose; what is not named is as in the idle."""

    trunk: dict[str, Vector] = field(default_factory=dict)  # joint -> degrees
    left: Arm | None = None  # None: the arm hangs
    right: Arm | None = None
    pelvis: Vector = (0.0, 0.0, 0.0)  # metres left, up (0: as high as the legs allow), forwards
    left_foot: Foot = Foot()
    right_foot: Foot = Foot()

    def arm(self, side: Side, arm: Arm | None) -> Pose:
        """With the arm of one side."""
        return replace(self, left=arm) if side == "left" else replace(self, right=arm)

    def both(self, arm: Arm) -> Pose:
        """With both arms alike."""
        return replace(self, left=arm, right=arm)

    def bent(self, **trunk: Vector) -> Pose:
        """With these turns added."""
        merged = dict(self.trunk)
        for name, turn in trunk.items():
            old = merged.get(name, (0.0, 0.0, 0.0))
            merged[name] = (old[0] + turn[0], old[1] + turn[1], old[2] + turn[2])
        return replace(self, trunk=merged)


NEUTRAL = Pose()


def trunk(forward: float = 0.0, left: float = 0.0, lean: float = 0.0) -> dict[str, Vector]:
    """A turn of the whole trunk, dealt over the spine."""
    shares = {"spine1": 0.4, "spine2": 0.35, "spine3": 0.25}
    return {name: (forward * s, left * s, lean * s) for name, s in shares.items()}


def head(forward: float = 0.0, left: float = 0.0, lean: float = 0.0) -> dict[str, Vector]:
    """A turn of the head, dealt over neck and head."""
    return {name: (forward * s, left * s, lean * s) for name, s in (("neck", 0.4), ("head", 0.6))}


def other(side: Side) -> Side:
    """The other side."""
    return "right" if side == "left" else "left"


def sign(side: Side) -> int:
    """+1 for left, -1 for right: the way of +X and of turns about +Y."""
    return 1 if side == "left" else -1


@dataclass(frozen=True, slots=True)
class Key:
    """A pose and when it is reached, in seconds of the unhurried performance."""

    at: float
    pose: Pose


@dataclass(frozen=True, slots=True)
class Step:
    """One step: a foot leaves at `start`, lands at `end` on this place of the floor."""

    foot: Side
    start: float
    end: float
    x: float  # of the ankle's resting place under the hip, world metres
    z: float
    yaw: float  # heading of the body there, radians, positive to the left
    lift: float = 0.07


@dataclass(frozen=True, slots=True)
class Score:
    """A performance before it is played: key poses, steps, and how loosely the parts follow each other."""

    keys: tuple[Key, ...]
    stroke_at: float | None = None  # when the gesture proper begins
    steps: tuple[Step, ...] = ()
    overlap: float = 1.0  # how far elbow, wrist and fingers trail the shoulder
    arm_swing: float = 1.0  # of the arms' swing with the steps
    is_still: bool = False  # nothing is performed: the idle alone
    flights: tuple[tuple[float, float, float], ...] = ()  # (leaves, lands, metres high)

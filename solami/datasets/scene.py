"""Where user and character stand during a talk: each one's motion carries them over one floor.

Knows no tokens and no clips; placements come from here, never from where a clip happened to be recorded.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import Literal

import numpy as np

from solami.body.geometry import heading, rotate, wrap, yaw_quaternion
from solami.frames import FloatArray, MotionChunk, Placement

Person = Literal["user", "agent"]
NEAREST_M, FARTHEST_M = 1.2, 2.0  # of two who begin to talk
TOO_NEAR_M, TOO_FAR_M, TURNED_AWAY_RAD = 0.6, 3.5, 1.2  # beyond: nobody would go on talking like that


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on the floor and the way a person there faces (0 = +Z, left is positive)."""

    x_m: float
    z_m: float
    heading_rad: float

    def after(self, step: FloatArray) -> Spot:
        """Where a step [left m, forward m, turn rad], taken from here, leads."""
        left, forward, turn = (float(value) for value in step)
        sin, cos = math.sin(self.heading_rad), math.cos(self.heading_rad)
        x, z = self.x_m + left * cos + forward * sin, self.z_m - left * sin + forward * cos
        return Spot(x, z, _wrapped(self.heading_rad + turn))


class Scene:
    """Two people who talk; every choice comes from the given `rng`."""

    def __init__(self, rng: random.Random) -> None:
        """Stage them at talking distance, facing each other within a few degrees."""
        self._rng = rng
        self._spots: dict[Person, Spot] = {}
        self._stage()

    def seen(self, person: Person, step: FloatArray | None = None) -> Placement:
        """`person`, after `step` if one is given, as the other one sees them."""
        viewer = self._spots["agent" if person == "user" else "user"]
        shown = self._spots[person] if step is None else self._spots[person].after(step)
        return placement(viewer, shown)

    def go(self, person: Person, step: FloatArray) -> None:
        """The person's motion has carried them by a step."""
        self._spots[person] = self._spots[person].after(step)

    def settle(self) -> None:
        """Stage them anew where they ended too near, too far, or looking elsewhere."""
        views = [self.seen("user"), self.seen("agent")]
        talking = all(
            TOO_NEAR_M <= view.distance_m <= TOO_FAR_M and abs(view.bearing_rad) < TURNED_AWAY_RAD for view in views
        )
        if not talking:
            self._stage()

    def _stage(self) -> None:
        distance = self._rng.uniform(NEAREST_M, FARTHEST_M)
        aside = [max(-0.7, min(0.7, self._rng.gauss(0, spread))) for spread in (0.12, 0.15)]
        self._spots = {"agent": Spot(0.0, 0.0, aside[0]), "user": Spot(0.0, distance, _wrapped(math.pi + aside[1]))}


def placement(viewer: Spot, person: Spot) -> Placement:
    """Where `person` stands as `viewer` sees it."""
    across, ahead = person.x_m - viewer.x_m, person.z_m - viewer.z_m
    direction = math.atan2(across, ahead)
    return Placement(
        math.hypot(across, ahead),
        _wrapped(direction - viewer.heading_rad),
        _wrapped(person.heading_rad - direction - math.pi),
    )


def floor_path(motion: MotionChunk, first: int) -> FloatArray:
    """Steps [T, 3] from pose `first` to every pose from there on: left and forward in metres, turn in radians."""
    turned = heading(motion.rotations[first:, 0].astype(np.float64))
    gone = motion.translation[first:].astype(np.float64) - motion.translation[first]
    level = rotate(yaw_quaternion(np.full(len(gone), -turned[0])), gone)
    return np.stack([level[:, 0], level[:, 2], np.unwrap(turned - turned[0])], axis=1).astype(np.float32)


def _wrapped(angle: float) -> float:
    return float(wrap(np.array(angle)))

"""Writes key poses one after the other. Knows no gesture."""

from __future__ import annotations

import numpy as np

from solami.body.gestures.pose import NEUTRAL, Key, Pose, Score, Step


class Writer:
    """A cursor over time: each call adds a key after the last one; durations vary by a tenth."""

    def __init__(self, rng: np.random.Generator, lead_s: float = 0.25) -> None:
        self.rng = rng
        self.at = lead_s * float(rng.uniform(0.7, 1.5))
        self.keys: list[Key] = [Key(self.at, NEUTRAL)]
        self.stroke_at: float | None = None

    def move(self, seconds: float, pose: Pose) -> Writer:
        """Reach a pose in so many seconds."""
        self.at += seconds * float(self.rng.uniform(0.9, 1.1))
        self.keys.append(Key(self.at, pose))
        return self

    def exactly(self, seconds: float, pose: Pose) -> Writer:
        """The same, without variation."""
        self.at += seconds
        self.keys.append(Key(self.at, pose))
        return self

    def hold(self, seconds: float) -> Writer:
        """Stay."""
        return self.move(seconds, self.keys[-1].pose)

    def stroke(self) -> Writer:
        """The gesture proper begins here."""
        self.stroke_at = self.at if self.stroke_at is None else self.stroke_at
        return self

    def home(self, seconds: float = 0.7) -> Writer:
        """Back to the idle."""
        return self.move(seconds, NEUTRAL)

    def score(
        self,
        *,
        overlap: float = 1.0,
        arm_swing: float = 1.0,
        steps: tuple[Step, ...] = (),
        flights: tuple[tuple[float, float, float], ...] = (),
    ) -> Score:
        """What was written."""
        return Score(tuple(self.keys), self.stroke_at, steps, overlap, arm_swing, False, flights)

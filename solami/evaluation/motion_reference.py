"""How near a reply's motion comes to a reference: PA-MPJPE and the true angle, pose by pose from the start on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from solami.body.measures import BODY, aligned_errors_mm, rotation_errors_deg
from solami.body.timing import cut
from solami.evaluation.measures import Measure, pooled_mean
from solami.evaluation.paired import paired
from solami.frames import MotionChunk

Part = tuple[float, int]  # mean over poses, and how many
OTHERS = 12  # references that a baseline is the mean of: one alone would be chance
JOINTS = slice(1, BODY.stop)  # where the pelvis faces is the scene's, not the gesture's


def reference_measures(
    made: Sequence[MotionChunk], references: Sequence[MotionChunk], *, split: str, source: str
) -> list[Measure]:
    """Errors of each motion against its own reference, and on average against others'."""
    own = [_errors(motion, goal) for motion, goal in zip(made, references, strict=True)]
    others = [[_errors(motion, references[i]) for i in _others(n, len(made))] for n, motion in enumerate(made)]
    rows = []
    for index, name in enumerate(("pa_mpjpe_mm", "angle_error_deg")):
        mixed = [(pooled_mean([each[index] for each in several]), several[0][index][1]) for several in others]
        parts = [(one[index], two) for one, two in zip(own, mixed, strict=True)]
        rows += paired(name, parts, pooled_mean, "less", split=split, source=source)
    return rows


def _others(number: int, count: int) -> list[int]:
    """Up to `OTHERS` other references, evenly over all."""
    steps = np.linspace(1, count - 1, min(OTHERS, count - 1)) if count > 1 else np.zeros(1)
    return [(number + round(step)) % count for step in steps]


def _errors(motion: MotionChunk, goal: MotionChunk) -> tuple[Part, Part]:
    count = min(len(motion.rotations), len(goal.rotations))
    shown, wanted = cut(motion, 0, count), cut(goal, 0, count)
    aligned, angles = aligned_errors_mm(wanted, shown), rotation_errors_deg(wanted, shown, JOINTS)
    return (float(aligned.mean()), count), (float(angles.mean()), count)

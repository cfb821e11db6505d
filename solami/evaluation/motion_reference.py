"""How near a reply's motion comes to a reference: PA-MPJPE and the true angle, pose by pose from the start on."""

from __future__ import annotations

from collections.abc import Sequence

from solami.body.measures import BODY, aligned_errors_mm, rotation_errors_deg
from solami.body.timing import cut
from solami.evaluation.measures import Measure, pooled_mean
from solami.evaluation.paired import paired, shifted
from solami.frames import MotionChunk

Part = tuple[float, int]  # mean over poses, and how many


def reference_measures(
    made: Sequence[MotionChunk], references: Sequence[MotionChunk], *, split: str, source: str
) -> list[Measure]:
    """Errors of each motion against its own reference, and against another's."""
    own = [_errors(motion, goal) for motion, goal in zip(made, references, strict=True)]
    other = [_errors(motion, goal) for motion, goal in zip(made, shifted(references), strict=True)]
    rows = []
    for index, name in enumerate(("pa_mpjpe_mm", "angle_error_deg")):
        parts = [(one[index], two[index]) for one, two in zip(own, other, strict=True)]
        rows += paired(name, parts, pooled_mean, "less", split=split, source=source)
    return rows


def _errors(motion: MotionChunk, goal: MotionChunk) -> tuple[Part, Part]:
    count = min(len(motion.rotations), len(goal.rotations))
    shown, wanted = cut(motion, 0, count), cut(goal, 0, count)
    aligned, angles = aligned_errors_mm(wanted, shown), rotation_errors_deg(wanted, shown, BODY)
    return (float(aligned.mean()), count), (float(angles.mean()), count)

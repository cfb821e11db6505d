"""How near a reply's motion comes to a reference: PA-MPJPE and the true angle, pose by pose from the start on."""

from __future__ import annotations

from collections.abc import Sequence

from solami.body.measures import BODY, aligned_errors_mm, rotation_errors_deg
from solami.body.timing import cut
from solami.evaluation.measures import Measure, pooled_mean
from solami.evaluation.paired import others_of, paired
from solami.frames import MotionChunk

Part = tuple[float, int]  # mean over poses, and how many
Errors = tuple[Part, Part]  # PA-MPJPE, angle
JOINTS = slice(1, BODY.stop)  # where the pelvis faces is the scene's, not the gesture's


def reference_measures(
    talks: Sequence[Sequence[tuple[MotionChunk, MotionChunk]]], *, split: str, source: str
) -> list[Measure]:
    """Errors of motions against their own references, and on average against those of others.

    talks: of each the motions made and their references; one sample is a talk, whose motions hang together. Others'
    references are those of other talks, for within a talk people do the same again.
    """
    errors = [
        [_own_and_others(made, goal, _of_others(talks, number)) for made, goal in talk]
        for number, talk in enumerate(talks)
    ]
    rows = []
    for index, name in enumerate(("pa_mpjpe_mm", "angle_error_deg")):
        parts = [(_joined([own[index] for own, _ in talk]), _joined([o[index] for _, o in talk])) for talk in errors]
        rows += paired(name, parts, pooled_mean, "less", split=split, source=source)
    return rows


def _of_others(talks: Sequence[Sequence[tuple[MotionChunk, MotionChunk]]], number: int) -> list[MotionChunk]:
    """One reference each of up to twelve other talks."""
    return [talks[other][number % len(talks[other])][1] for other in others_of(number, len(talks))]


def _own_and_others(made: MotionChunk, goal: MotionChunk, others: Sequence[MotionChunk]) -> tuple[Errors, Errors]:
    """Against its own reference, and the means over others' as long as that."""
    own, theirs = _errors(made, goal), [_errors(made, other) for other in others]
    aligned, angles = ((pooled_mean([each[i] for each in theirs]), own[i][1]) for i in range(2))
    return own, (aligned, angles)


def _joined(parts: Sequence[Part]) -> Part:
    """The mean of one error over the poses of several motions."""
    return pooled_mean(parts), sum(count for _, count in parts)


def _errors(motion: MotionChunk, goal: MotionChunk) -> Errors:
    count = min(len(motion.rotations), len(goal.rotations))
    shown, wanted = cut(motion, 0, count), cut(goal, 0, count)
    aligned, angles = aligned_errors_mm(wanted, shown), rotation_errors_deg(wanted, shown, JOINTS)
    return (float(aligned.mean()), count), (float(angles.mean()), count)

"""How near a reply's motion comes to a reference: PA-MPJPE and the true angle, pose by pose from the start on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from solami.body.measures import BODY, aligned_errors_mm, rotation_errors_deg
from solami.body.timing import cut
from solami.evaluation.measures import Measure, pooled_mean
from solami.evaluation.paired import others_of, paired
from solami.frames import MotionChunk

Part = tuple[float, int]  # mean over poses, and how many
Errors = tuple[Part, Part]  # PA-MPJPE, angle
NAMES = ("pa_mpjpe_mm", "angle_error_deg")
JOINTS = slice(1, BODY.stop)  # where the pelvis faces is the scene's, not the gesture's


def reference_measures(
    talks: Sequence[Sequence[tuple[MotionChunk, MotionChunk]]], *, split: str, source: str
) -> list[Measure]:
    """Errors of motions against their own references, and on average against those of others.

    talks: of each the motions made and their references; one sample is a talk, whose motions hang together. Others'
    references are those of other talks, for within a talk people do the same again.
    """
    own = [_joined([_errors(made, goal) for made, goal in talk]) for talk in talks]
    others = [others_of(number, len(talks)) for number in range(len(talks))]

    def against(number: int, other: int) -> Errors:
        goal = talks[other][number % len(talks[other])][1]
        return _joined([_errors(made, goal) for made, _ in talks[number]])

    crossed = [[against(number, other) for other in others[number]] for number in range(len(talks))]
    rows = []
    for index, name in enumerate(NAMES):
        mine = [errors[index] for errors in own]
        theirs = of_others(mine, [[errors[index][0] for errors in row] for row in crossed], others)
        rows += paired(name, list(zip(mine, theirs, strict=True)), pooled_mean, "less", split=split, source=source)
    return rows


def of_others(own: Sequence[Part], crossed: Sequence[Sequence[float]], others: Sequence[Sequence[int]]) -> list[Part]:
    """What each talk's motion comes to against the references of others, had they been as hard as its own.

    own: of every talk; crossed: its motion against one reference each of the talks `others`. How hard a reference is,
    is what others' motions come to against it. Without that a talk of hard references would count as a bad answer, and
    intervals of the gain hold the truth 99.7 times of 100 in place of 95. The pooled value is the same.
    """
    against: list[list[float]] = [[] for _ in own]
    for errors, numbers in zip(crossed, others, strict=True):
        for error, number in zip(errors, numbers, strict=True):
            against[number].append(error)
    hard = [(float(np.mean(errors)), count) for errors, (_, count) in zip(against, own, strict=True)]
    usual = pooled_mean(hard)
    return [
        (float(np.mean(errors)) + hardness - usual, count)
        for errors, (hardness, count) in zip(crossed, hard, strict=True)
    ]


def _joined(parts: Sequence[Errors]) -> Errors:
    """The means of both errors over the poses of several motions."""
    aligned, angles = ([part[index] for part in parts] for index in range(len(NAMES)))
    count = sum(count for _, count in aligned)
    return (pooled_mean(aligned), count), (pooled_mean(angles), count)


def _errors(motion: MotionChunk, goal: MotionChunk) -> Errors:
    count = min(len(motion.rotations), len(goal.rotations))
    shown, wanted = cut(motion, 0, count), cut(goal, 0, count)
    aligned, angles = aligned_errors_mm(wanted, shown), rotation_errors_deg(wanted, shown, JOINTS)
    return (float(aligned.mean()), count), (float(angles.mean()), count)

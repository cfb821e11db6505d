"""How near a reply's motion comes to a reference: PA-MPJPE and the true angle, pose by pose from the start on."""

from __future__ import annotations

from collections.abc import Sequence

from solami.body.measures import BODY, aligned_errors_mm, rotation_errors_deg
from solami.body.timing import cut
from solami.evaluation.measures import Measure, pooled_mean
from solami.evaluation.paired import others_of, paired
from solami.frames import MotionChunk

Part = tuple[float, int]  # mean over poses, and how many
JOINTS = slice(1, BODY.stop)  # where the pelvis faces is the scene's, not the gesture's


def reference_measures(
    draws: Sequence[Sequence[MotionChunk]], references: Sequence[MotionChunk], *, split: str, source: str
) -> list[Measure]:
    """Errors of motions against their own references, and on average against others'.

    draws: for every reference what was made of it, each time anew; one sample is the mean of a reference's draws.
    """
    own = [[_errors(motion, goal) for motion in made] for made, goal in zip(draws, references, strict=True)]
    others = [
        [_errors(motion, references[i]) for motion in made for i in others_of(number, len(draws))]
        for number, made in enumerate(draws)
    ]
    rows = []
    for index, name in enumerate(("pa_mpjpe_mm", "angle_error_deg")):
        parts = [(_mixed(one, index), _mixed(two, index)) for one, two in zip(own, others, strict=True)]
        rows += paired(name, parts, pooled_mean, "less", split=split, source=source)
    return rows


def _mixed(several: Sequence[tuple[Part, Part]], index: int) -> Part:
    """The mean of one error over several motions, as long as the first."""
    return pooled_mean([each[index] for each in several]), several[0][index][1]


def _errors(motion: MotionChunk, goal: MotionChunk) -> tuple[Part, Part]:
    count = min(len(motion.rotations), len(goal.rotations))
    shown, wanted = cut(motion, 0, count), cut(goal, 0, count)
    aligned, angles = aligned_errors_mm(wanted, shown), rotation_errors_deg(wanted, shown, JOINTS)
    return (float(aligned.mean()), count), (float(angles.mean()), count)

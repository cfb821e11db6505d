"""What a reply says that its body is about to do (`does`): is it what the script's character does, and does it come?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from solami.evaluation.actions import ActionClassifier
from solami.evaluation.measures import Measure, measure, pooled_mean
from solami.evaluation.senses import CaptionReader
from solami.evaluation.talks import Played

Judged = tuple[str, str]  # the action named or shown, and the one it should be


def does_measures(
    talks: Sequence[Sequence[Played]], reader: CaptionReader, judge: ActionClassifier, *, split: str
) -> list[Measure]:
    """`does` against the action of the script's caption, and the motion, as a classifier judges it, against `does`.

    One sample is a talk. The first leaves out captions that name no known action, the second replies without `does`.
    Beside each the share of the commonest action.
    """
    rows = []
    for name, judged in (
        ("does_accuracy", [_named(talk, reader) for talk in talks]),
        ("does_shown", [_shown(talk, reader, judge) for talk in talks]),
    ):
        held = [pairs for pairs in judged if pairs]
        if not held:
            continue
        wanted = Counter(goal for pairs in held for _, goal in pairs)
        parts = [(sum(found == goal for found, goal in pairs) / len(pairs), len(pairs)) for pairs in held]
        commonest = wanted.most_common(1)[0][1] / wanted.total()
        rows.append(measure(name, parts, pooled_mean, split=split, source="scripts", baseline=commonest))
    return rows


def _named(talk: Sequence[Played], reader: CaptionReader) -> list[Judged]:
    pairs = [(reader.action(played.reply.does), reader.action(played.wanted.motion)) for played in talk]
    return [(found, goal) for found, goal in pairs if goal]


def _shown(talk: Sequence[Played], reader: CaptionReader, judge: ActionClassifier) -> list[Judged]:
    pairs = [(p.reply.motion, reader.action(p.reply.does)) for p in talk]
    return [(judge.best(motion), goal) for motion, goal in pairs if goal and motion is not None]

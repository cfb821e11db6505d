"""How well actions are told apart: procedural ones by captured ones, and both by both. Every number beside chance."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from solami.body.variation import mirrored
from solami.datasets.procedural_clips import PACK_TAGS
from solami.evaluation.actions import ActionClassifier, ActionClip, motion_features, train_on_features
from solami.evaluation.measures import Measure, measure, pooled_mean

FOLDS = 5


class SplitClip(ActionClip, Protocol):
    """A clip that knows its recording and its split."""

    @property
    def id(self) -> str: ...

    @property
    def split(self) -> str: ...


class _Rows:
    """Features of clips and of their mirror images, with tags, splits and recordings."""

    def __init__(self, clips: Sequence[SplitClip]) -> None:
        pairs = []
        for clip in clips:
            motion = clip.read()
            pairs.append((motion_features(motion), motion_features(mirrored(motion))))
        self.both = np.array(pairs)  # [N, 2, F]
        self.tags = np.array([PACK_TAGS.get(clip.action, clip.action) for clip in clips])
        self.splits = np.array([clip.split for clip in clips])
        self.recordings = np.array([re.sub(r"_p\d+$", "", clip.id) for clip in clips])


def action_measures(captured: Sequence[SplitClip], procedural: Sequence[SplitClip]) -> list[Measure]:
    """Three accuracies; the baseline of each is the share of the commonest action among the clips judged.

    Captured train clips judge procedural ones, over the tags both have; captured and procedural train clips judge
    held-out seeds; and, in five folds by recording, captured clips.
    """
    real, made = _Rows(captured), _Rows(procedural)
    train, taught = real.splits == "train", made.splits == "train"
    shared = np.intersect1d(real.tags[train], made.tags)
    known, judged = train & np.isin(real.tags, shared), np.isin(made.tags, shared)
    alone = _trained([(real, known)])
    together = _trained([(real, train), (made, taught)])
    folds: list[tuple[float, str]] = []
    for fold in range(FOLDS):
        held = _fold(real.recordings) == fold
        folds += _judged(_trained([(real, ~held), (made, taught)]), real, held)
    return [
        _measured("action_accuracy_by_captured", _judged(alone, made, judged), "all", "procedural"),
        _measured("action_accuracy", _judged(together, made, ~taught), "val+test", "procedural"),
        _measured("action_accuracy", folds, "five folds", "captured"),
    ]


def _trained(parts: Sequence[tuple[_Rows, NDArray[np.bool_]]]) -> ActionClassifier:
    rows = np.concatenate([part.both[chosen].reshape(-1, part.both.shape[2]) for part, chosen in parts])
    return train_on_features(rows, [tag for part, chosen in parts for tag in np.repeat(part.tags[chosen], 2)])


def _judged(classifier: ActionClassifier, rows: _Rows, chosen: NDArray[np.bool_]) -> list[tuple[float, str]]:
    """Right (1) or wrong (0), and the true tag, of the chosen clips."""
    result = []
    for pair, tag in zip(rows.both[chosen], rows.tags[chosen], strict=True):
        found = classifier.from_features(*pair)
        result.append((float(max(found, key=lambda action: found[action]) == tag), str(tag)))
    return result


def _measured(name: str, judged: Sequence[tuple[float, str]], split: str, source: str) -> Measure:
    commonest = max(Counter(tag for _, tag in judged).values())
    parts = [(right, 1) for right, _ in judged]
    return measure(name, parts, pooled_mean, split=split, source=source, baseline=commonest / len(judged))


def _fold(recordings: NDArray[np.str_]) -> NDArray[np.int64]:
    """The fold [N] of every recording, all its pieces in one."""
    names, place = np.unique(recordings, return_inverse=True)
    return (np.random.default_rng(0).permutation(len(names)) % FOLDS)[place]

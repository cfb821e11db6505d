"""Does the body do what it was asked to: typed requests for the commonest captions, judged by an action classifier."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from solami.body.variation import mirrored
from solami.datasets.motion import MotionClip
from solami.datasets.procedural_clips import canonical_action
from solami.datasets.requests import TEMPLATES, request
from solami.datasets.retrieval import Match
from solami.datasets.scripts import Script
from solami.datasets.staging import Stage
from solami.evaluation.actions import ActionClassifier, motion_features, train_on_features
from solami.evaluation.held_out import performed
from solami.evaluation.measures import Measure, measure
from solami.evaluation.paired import mean
from solami.evaluation.replies import Reply, Turn
from solami.evaluation.senses import pack_tag
from solami.frames import MotionChunk

COMMONEST = 10
NOT_ASKED_FOR = ("talk", "stands", "looks")  # first words of captions that nobody requests
REPLY_SECONDS = (2.0, 2.8, 3.6)  # of a reply to a request: how much of a gesture there is to judge


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for, and the turn that asks."""

    caption: str
    action: str
    turn: Turn


def commonest_captions(scripts: Sequence[Script], count: int = COMMONEST) -> list[str]:
    """Canonical captions of what held-out scripts' characters do, the commonest first, without talking and standing."""
    turns = [t for s in scripts if s.split != "train" for t in s.turns]
    done = Counter(t.motion for t in turns if t.role == "agent" and canonical_action(t.motion))
    asked = [(n, caption) for caption, n in done.items() if not caption.startswith(NOT_ASKED_FOR)]
    return [caption for _, caption in sorted(asked, key=lambda pair: (-pair[0], pair[1]))[:count]]


def requests_for(captions: Sequence[str], times: int, personas: Sequence[str]) -> list[Request]:
    """Every caption so many times, worded differently, to the personas by turns."""
    made = []
    for number, caption in enumerate(list(captions) * times):
        asked = request(caption, TEMPLATES[(number + number // len(captions)) % len(TEMPLATES)])
        action = canonical_action(caption)
        assert action is not None
        made.append(Request(caption, action, Turn(personas[number % len(personas)], text=asked)))
    return made


def train_judge(clips: Sequence[MotionClip], stage: Stage) -> ActionClassifier:
    """A classifier of train clips, whole and as replies show them: their beginning, led in and cut."""
    rng, rows, tags = random.Random(0), [], []
    for clip in clips:
        shown = [clip.read()]
        if clip.is_alone:
            shown.append(performed(stage, stage.staged(Match(clip, False, 1.0)), rng.choice(REPLY_SECONDS)))
        for motion in shown:
            rows += [motion_features(motion), motion_features(mirrored(motion))]
            tags += [pack_tag(clip.action)] * 2
    return train_on_features(np.stack(rows), tags)


def following_measures(
    requests: Sequence[Request], replies: Sequence[Reply], judge: ActionClassifier, held_out: Stage
) -> list[Measure]:
    """How often the motion shows the action asked for, against another request's; held-out takes as the ceiling."""
    rng = random.Random(0)
    wanted = [r.action for r in requests]
    shown = [judge.best(r.motion) if r.motion is not None else "" for r in replies]
    best = [judge.best(_take(held_out, r.caption, reply, rng)) for r, reply in zip(requests, replies, strict=True)]
    others = wanted[1:] + wanted[:1]  # captions follow one another: never the same action
    chance = mean([float(a == b) for a, b in zip(shown, others, strict=True)])
    commonest = Counter(wanted).most_common(1)[0][1] / len(wanted)
    rows = []
    for names, source in ((shown, "requests"), (best, "retrieval")):
        right = [float(a == b) for a, b in zip(names, wanted, strict=True)]
        rows.append(
            measure("following_accuracy", right, mean, split="prompts", source=source, baseline=max(chance, commonest))
        )
    return rows


def _take(stage: Stage, caption: str, reply: Reply, rng: random.Random) -> MotionChunk:
    """A held-out take of the caption, as long as the reply."""
    seconds = len(reply.audio.samples) / reply.audio.sample_rate
    return performed(stage, stage.choose(caption, rng, talks=True), max(1.0, seconds))

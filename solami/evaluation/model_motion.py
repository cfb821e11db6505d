"""How a whole model moves: what it does on request, against references, against pairs, and how its poses are spread."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from solami.datasets.procedural_clips import ProceduralClip
from solami.datasets.staging import Stage
from solami.evaluation.following import commonest_captions, following_measures, requests_for, train_judge
from solami.evaluation.held_out import Exchange, HeldOut, performed
from solami.evaluation.measures import Measure, spread
from solami.evaluation.motion_quality import quality_measures, windows_of
from solami.evaluation.motion_reference import reference_measures
from solami.evaluation.replies import Reply, Turn
from solami.evaluation.subject import Sizes, Subject
from solami.frames import MotionChunk


def motion_measures(
    subject: Subject, held_out: HeldOut, exchanges: Sequence[Exchange], draws: Sequence[Sequence[Reply]], sizes: Sizes
) -> Iterator[Measure]:
    """Every measure of motion, as soon as it is known; each of `draws` has a reply to every exchange, in order."""
    asked = requests_for(commonest_captions(held_out.scripts), sizes.requests, subject.personas)
    done = [subject.answer(request.turn) for request in asked]
    judge = train_judge(spread(held_out.train_clips, sizes.judge_clips), held_out.train_stage)
    yield from following_measures(asked, done, judge, held_out.stage)
    yield from _references(held_out.stage, exchanges, draws)
    yield from _duets(subject, held_out)
    moving = [(e, r.motion) for e, r in zip(exchanges, draws[0], strict=True) if r.motion is not None]
    motions = [motion for _, motion in moving] + [r.motion for r in done if r.motion is not None]
    yield from _quality(held_out, motions, _retrieved(held_out.train_stage, moving), sizes)


def _references(stage: Stage, exchanges: Sequence[Exchange], draws: Sequence[Sequence[Reply]]) -> list[Measure]:
    """Against held-out clips of what the scripts' characters do, where there is one."""
    rng = random.Random(0)
    made, goals = [], []
    for exchange, replies in zip(exchanges, zip(*draws, strict=True), strict=True):
        run = stage.choose(exchange.said_motion, rng, talks=True)
        motions = [reply.motion for reply in replies if reply.motion is not None]
        if run.caption and motions:
            made.append(motions)
            goals.append(performed(stage, run, max(map(_seconds, motions))))
    return reference_measures(made, goals, split="val+test", source="scripts") if made else []


def _duets(subject: Subject, held_out: HeldOut) -> list[Measure]:
    """Answers to one half of the few held-out pairs, against the other half: indicative, no more."""
    stage, personas = held_out.stage, subject.personas
    made, goals = [], []
    for number, (shown, partner) in enumerate(stage.duets):
        motion = performed(stage, shown)
        reply = subject.answer(Turn(personas[number % len(personas)], motion=motion))
        if reply.motion is not None:
            made.append([reply.motion])
            goals.append(performed(stage, partner))
    return reference_measures(made, goals, split="val", source="pairs") if made else []


def _retrieved(stage: Stage, moving: Sequence[tuple[Exchange, MotionChunk]]) -> list[MotionChunk]:
    """Train motion chosen for the same captions, as long as the replies."""
    rng = random.Random(0)
    return [performed(stage, stage.choose(e.said_motion, rng, talks=True), _seconds(motion)) for e, motion in moving]


def _quality(
    held_out: HeldOut, motions: Sequence[MotionChunk], retrieved: Sequence[MotionChunk], sizes: Sizes
) -> list[Measure]:
    learned = [clip for clip in held_out.train_clips if not isinstance(clip, ProceduralClip)] or held_out.train_clips
    real = windows_of([clip.read() for clip in held_out.captured or held_out.procedural])
    train = windows_of([clip.read() for clip in spread(learned, sizes.space_clips)])
    return quality_measures(windows_of(motions), real, train, windows_of(retrieved))


def _seconds(motion: MotionChunk) -> float:
    return len(motion.rotations) / motion.fps

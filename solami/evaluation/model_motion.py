"""How a whole model moves: what it does on request, against references, against pairs, and how its poses are spread."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

from solami.datasets.procedural_clips import ProceduralClip
from solami.datasets.scripts import Script
from solami.datasets.staging import Stage
from solami.evaluation.decided import does_measures
from solami.evaluation.following import commonest_captions, following_measures, requests_for, train_judge
from solami.evaluation.held_out import HeldOut, performed
from solami.evaluation.measures import Measure, spread
from solami.evaluation.motion_quality import quality_measures, windows_of
from solami.evaluation.motion_reference import reference_measures
from solami.evaluation.replies import Turn
from solami.evaluation.senses import CaptionReader
from solami.evaluation.subject import Sizes, Subject
from solami.evaluation.talks import Played, play
from solami.frames import MotionChunk

Moved = tuple[str, MotionChunk]  # what the script's character does, and a motion in its place


def motion_measures(subject: Subject, held_out: HeldOut, sizes: Sizes) -> Iterator[Measure]:
    """Every measure of motion, as soon as it is known."""
    scripts = spread([s for s in held_out.scripts if s.split != "train" and s.persona in subject.prompts], sizes.talks)
    played = [_played(subject, held_out.stage, script, sizes.draws) for script in scripts]
    talks = [[(p.wanted.motion, p.reply.motion) for p in talk if p.reply.motion is not None] for talk in played]
    retrieved = _retrieved(held_out.train_stage, talks)
    yield from _references(held_out.stage, talks, "scripts")
    yield from _references(held_out.stage, retrieved, "retrieval")
    asked = requests_for(commonest_captions(held_out.scripts), sizes.requests, subject.personas)
    done = [subject.answer(request.turn) for request in asked]
    judge = train_judge(spread(held_out.train_clips, sizes.judge_clips), held_out.train_stage)
    yield from following_measures(asked, done, judge, held_out.stage)
    yield from does_measures(played, CaptionReader(held_out.train_clips), judge, split="val+test")
    yield from _duets(subject, held_out)
    motions = [motion for talk in talks for _, motion in talk] + [r.motion for r in done if r.motion is not None]
    yield from _quality(held_out, motions, [motion for talk in retrieved for _, motion in talk], sizes)


def _played(subject: Subject, stage: Stage, script: Script, draws: int) -> list[Played]:
    """What the character answers in one talk, each time it is played."""
    return [p for draw in range(draws) for p in play(subject.backend, stage, script, subject.seed + draw)]


def _retrieved(stage: Stage, talks: Sequence[Sequence[Moved]]) -> list[list[Moved]]:
    """Train motion chosen for the same captions, as long as the replies."""
    rng = random.Random(0)

    def chosen(caption: str, motion: MotionChunk) -> Moved:
        return caption, performed(stage, stage.choose(caption, rng, talks=True), _seconds(motion))

    return [[chosen(caption, motion) for caption, motion in talk] for talk in talks]


def _references(stage: Stage, talks: Sequence[Sequence[Moved]], source: str) -> list[Measure]:
    """Against held-out clips of what the scripts' characters do, where there is one; the same for every source."""
    rng = random.Random(0)
    pairs = [[pair for moved in talk for pair in _with_reference(stage, moved, rng)] for talk in talks]
    shown = [talk for talk in pairs if talk]
    return reference_measures(shown, split="val+test", source=source) if shown else []


def _with_reference(stage: Stage, moved: Moved, rng: random.Random) -> Iterator[tuple[MotionChunk, MotionChunk]]:
    caption, motion = moved
    run = stage.choose(caption, rng, talks=True)
    if run.caption:
        yield motion, performed(stage, run, _seconds(motion))


def _duets(subject: Subject, held_out: HeldOut) -> list[Measure]:
    """Answers to one half of the few held-out pairs, against the other half: indicative, no more."""
    stage, personas = held_out.stage, subject.personas
    pairs = []
    for number, (shown, partner) in enumerate(stage.duets):
        motion = performed(stage, shown)
        reply = subject.answer(Turn(personas[number % len(personas)], motion=motion))
        if reply.motion is not None:
            pairs.append([(reply.motion, performed(stage, partner))])
    return reference_measures(pairs, split="val", source="pairs") if pairs else []


def _quality(
    held_out: HeldOut, motions: Sequence[MotionChunk], retrieved: Sequence[MotionChunk], sizes: Sizes
) -> list[Measure]:
    learned = [clip for clip in held_out.train_clips if not isinstance(clip, ProceduralClip)] or held_out.train_clips
    real = windows_of([clip.read() for clip in held_out.captured or held_out.procedural])
    train = windows_of([clip.read() for clip in spread(learned, sizes.space_clips)])
    return quality_measures(windows_of(motions), real, train, windows_of(retrieved))


def _seconds(motion: MotionChunk) -> float:
    return len(motion.rotations) / motion.fps

"""Everything that is measured of a whole model on held-out talks and clips, part by part."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal, assert_never, get_args

from solami.audio.resample import resample
from solami.datasets.clauses import split_line
from solami.datasets.procedural_clips import ProceduralClip
from solami.datasets.spoken_build import agent_synthesizer
from solami.datasets.staging import Stage
from solami.evaluation.answers import (
    intelligibility_measures,
    persona_measures,
    relevance_measures,
    voice_measures,
)
from solami.evaluation.following import commonest_captions, following_measures, requests_for, train_judge
from solami.evaluation.held_out import Exchange, HeldOut, performed
from solami.evaluation.likelihood import Scorer, likelihood_measures
from solami.evaluation.measures import Listener, Measure, spread
from solami.evaluation.motion_quality import quality_measures, windows_of
from solami.evaluation.motion_reference import reference_measures
from solami.evaluation.replies import Reply, Turn, answer
from solami.evaluation.senses import CaptionReader, heard_measures, saw_measures
from solami.evaluation.speech_tokenizer import human_recordings, synthetic_recordings
from solami.frames import AudioChunk, MotionChunk
from solami.pipeline.models import Models
from solami.stream_server.backend import Backend
from solami.strict import Strict
from solami.tokenizers.base import Voice

log = logging.getLogger(__name__)
Part = Literal["answers", "seeing", "hearing", "words"]
PARTS: tuple[Part, ...] = get_args(Part)  # the longest first


class Sizes(Strict):
    """How much of everything is measured; about ten minutes on two cores as it stands."""

    exchanges: int = 60  # of held-out scripts that are answered
    scored: int = 40  # of which the words are scored under every persona's prompt
    heard: int = 24  # recordings of people, and as many synthesised lines in either kind of voice
    seen: int = 60  # motions of users, from scripts and from captures each
    requests: int = 3  # for each of the ten commonest captions
    judge_clips: int = 700  # of train clips that the action classifier learns from
    space_clips: int = 250  # of train clips that fix the space of the motion distances
    takes: int = 10  # of every procedural caption, of which eight train

    def scaled(self, share: float) -> Sizes:
        """The same share of everything, at least two of each and ten takes."""
        counts = {name: max(2, round(share * count)) for name, count in self.model_dump().items()}
        return Sizes(**{**counts, "requests": max(1, round(share * self.requests)), "takes": self.takes})


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """What is measured."""

    backend: Backend
    models: Models
    prompts: dict[str, str]  # text of every persona, by name
    voices: dict[str, Voice]
    seed: int

    def __post_init__(self) -> None:
        assert self.prompts.keys() == self.voices.keys()

    @property
    def personas(self) -> list[str]:
        """Names, in order."""
        return sorted(self.prompts)


def part_measures(
    part: Part, subject: Subject, listener: Listener, pack: Path | None, sizes: Sizes
) -> Iterator[Measure]:
    """Measures of one part, as soon as they are known; those of real people and captures only with the data pack."""
    held_out = HeldOut(pack, sizes.takes)
    exchanges = [e for e in held_out.exchanges(None) if e.persona in subject.prompts]
    log.info("measuring %s", part)
    match part:
        case "words":
            yield from _likelihood(subject, exchanges[: sizes.scored])
        case "hearing":
            yield from _hearing(subject, pack, sizes)
        case "seeing":
            yield from _seeing(subject, held_out, sizes)
        case "answers":
            yield from _answers(subject, held_out, listener, exchanges[: sizes.exchanges], sizes)
        case _:
            assert_never(part)


def _answers(
    subject: Subject, held_out: HeldOut, listener: Listener, exchanges: Sequence[Exchange], sizes: Sizes
) -> Iterator[Measure]:
    replies = [_answer(subject, Turn(e.persona, text=e.asked)) for e in exchanges]
    yield from relevance_measures(exchanges, replies, held_out.scripts)
    yield from persona_measures(exchanges, replies, held_out.scripts)
    yield from intelligibility_measures(replies, listener, partial(_through_codec, subject))
    yield from voice_measures(exchanges, replies, partial(_likeness, subject))
    yield from _motion(subject, held_out, exchanges, replies, sizes)


def _answer(subject: Subject, turn: Turn) -> Reply:
    return answer(subject.backend, turn, subject.seed)


def _likelihood(subject: Subject, exchanges: Sequence[Exchange]) -> list[Measure]:
    vocabulary = subject.models.vocabulary
    split: Callable[[str], list[str]] = partial(split_line, count_tokens=lambda text: len(vocabulary.encode_text(text)))
    scorer = Scorer(subject.models.engine, vocabulary, subject.prompts, split)
    return likelihood_measures(scorer, exchanges, subject.personas)


def _hearing(subject: Subject, pack: Path | None, sizes: Sizes) -> list[Measure]:
    rate = subject.backend.sample_rate
    recordings = synthetic_recordings(rate, sizes.heard)
    recordings += human_recordings(pack / "speech", "test", rate, sizes.heard) if pack is not None else []
    return heard_measures(subject.backend, recordings, subject.personas, subject.seed)


def _seeing(subject: Subject, held_out: HeldOut, sizes: Sizes) -> Iterator[Measure]:
    reader = CaptionReader(held_out.train_clips)
    shown = {"scripts": held_out.seen(sizes.seen)}
    if held_out.captured:
        shown["captured"] = [(clip.action, clip.read()) for clip in spread(held_out.captured, sizes.seen)]
    for source, pairs in shown.items():
        yield from saw_measures(subject.backend, pairs, reader, subject.personas, subject.seed, source)


def _motion(
    subject: Subject, held_out: HeldOut, exchanges: Sequence[Exchange], replies: Sequence[Reply], sizes: Sizes
) -> Iterator[Measure]:
    asked = requests_for(commonest_captions(held_out.scripts), sizes.requests, subject.personas)
    done = [_answer(subject, request.turn) for request in asked]
    judge = train_judge(spread(held_out.train_clips, sizes.judge_clips), held_out.train_stage)
    yield from following_measures(asked, done, judge, held_out.stage)
    moving = [(e, r.motion) for e, r in zip(exchanges, replies, strict=True) if r.motion is not None]
    yield from _references(held_out.stage, moving)
    yield from _duets(subject, held_out)
    motions = [motion for _, motion in moving] + [r.motion for r in done if r.motion is not None]
    yield from _quality(held_out, motions, _retrieved(held_out.train_stage, moving), sizes)


def _references(stage: Stage, moving: Sequence[tuple[Exchange, MotionChunk]]) -> list[Measure]:
    """Against held-out clips of what the scripts' characters do, where there is one."""
    rng = random.Random(0)
    chosen = [(motion, stage.choose(e.said_motion, rng, talks=True)) for e, motion in moving]
    pairs = [(motion, performed(stage, run, _seconds(motion))) for motion, run in chosen if run.caption]
    if not pairs:
        return []
    made, goals = zip(*pairs, strict=True)
    return reference_measures(made, goals, split="val+test", source="scripts")


def _duets(subject: Subject, held_out: HeldOut) -> list[Measure]:
    """Answers to one half of the few held-out pairs, against the other half: indicative, no more."""
    stage, personas = held_out.stage, subject.personas
    made, goals = [], []
    for number, (shown, partner) in enumerate(stage.duets):
        motion = performed(stage, shown)
        reply = _answer(subject, Turn(personas[number % len(personas)], motion=motion))
        if reply.motion is not None:
            made.append(reply.motion)
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


def _through_codec(subject: Subject, line: str) -> AudioChunk:
    """A line in the agent's synthesised voice, encoded and decoded in a persona's."""
    speech, made = subject.models.speech, agent_synthesizer().speak(line).audio
    codes = speech.encode(resample(made.samples, made.sample_rate, speech.sample_rate))
    return AudioChunk(speech.decode(codes, subject.voices[subject.personas[0]]), speech.sample_rate)


def _likeness(subject: Subject, audio: AudioChunk, persona: str) -> float:
    own = subject.models.speech.voice_of(audio).embedding
    return float(own @ subject.voices[persona].embedding)

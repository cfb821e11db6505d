"""Everything that is measured of a whole model on held-out talks and clips, part by part."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Literal, assert_never, get_args

from solami.audio.resample import resample
from solami.datasets.clauses import split_line
from solami.datasets.spoken_build import agent_synthesizer, user_synthesizer
from solami.evaluation.answers import (
    SOURCE,
    intelligibility_measures,
    persona_measures,
    relevance_measures,
    voice_measures,
)
from solami.evaluation.held_out import Exchange, HeldOut, every_exchange, opening_exchanges
from solami.evaluation.likelihood import Scorer, likelihood_measures
from solami.evaluation.measures import Listener, Measure, spread
from solami.evaluation.model_motion import motion_measures
from solami.evaluation.recordings import human_recordings, synthetic_recordings
from solami.evaluation.replies import Reply, Turn, answer
from solami.evaluation.senses import (
    LONGEST_S,
    CaptionReader,
    heard_by_ear,
    heard_by_model,
    heard_measures,
    saw_measures,
)
from solami.evaluation.subject import Sizes, Subject
from solami.evaluation.three_points import tracked
from solami.frames import AudioChunk

log = logging.getLogger(__name__)
Part = Literal["answers", "moving", "seeing", "hearing", "words"]
PARTS: tuple[Part, ...] = get_args(Part)  # the longest first


def part_measures(
    part: Part, subject: Subject, listener: Listener, pack: Path | None, sizes: Sizes
) -> Iterator[Measure]:
    """Measures of one part, as soon as they are known; those of real people and captures only with the data pack."""
    held_out = HeldOut(pack, sizes.takes)
    log.info("measuring %s", part)
    match part:
        case "words":
            yield from _likelihood(subject, _of(subject, every_exchange(held_out.scripts))[: sizes.scored])
        case "hearing":
            yield from _hearing(subject, pack, sizes)
        case "seeing":
            yield from _seeing(subject, held_out, sizes)
        case "answers":
            exchanges = _of(subject, opening_exchanges(held_out.scripts, held_out=True))[: sizes.exchanges]
            yield from _answers(subject, held_out, listener, exchanges, sizes)
        case "moving":
            yield from motion_measures(subject, held_out, sizes)
        case _:
            assert_never(part)


def _answers(
    subject: Subject, held_out: HeldOut, listener: Listener, exchanges: Sequence[Exchange], sizes: Sizes
) -> Iterator[Measure]:
    draws = [[subject.answer(Turn(e.persona, text=e.asked), n) for e in exchanges] for n in range(sizes.draws)]
    spoken = [list(_spoken(subject, exchanges, n)) for n in range(sizes.draws)]
    yield from relevance_measures(exchanges, {SOURCE: draws, "spoken": spoken}, held_out.scripts)
    replies = draws[0]
    yield from persona_measures(exchanges, replies, held_out.scripts)
    yield from intelligibility_measures(replies, listener, partial(_through_codec, subject))
    yield from voice_measures(exchanges, replies, partial(_likeness, subject))


def _of(subject: Subject, exchanges: Sequence[Exchange]) -> list[Exchange]:
    return [exchange for exchange in exchanges if exchange.persona in subject.prompts]


def _spoken(subject: Subject, exchanges: Sequence[Exchange], draw: int) -> Iterator[Reply]:
    """The same asked aloud, by many synthesised voices, of a server with its ear."""
    rng = random.Random(draw)
    for exchange in exchanges:
        made = user_synthesizer(rng).speak(exchange.asked).audio
        samples = resample(made.samples, made.sample_rate, subject.server.sample_rate)
        turn = Turn(exchange.persona, audio=AudioChunk(samples, subject.server.sample_rate))
        yield answer(subject.server, turn, subject.seed + draw, LONGEST_S)


def _likelihood(subject: Subject, exchanges: Sequence[Exchange]) -> list[Measure]:
    vocabulary = subject.models.vocabulary
    split: Callable[[str], list[str]] = partial(split_line, count_tokens=lambda text: len(vocabulary.encode_text(text)))
    scorer = Scorer(subject.models.engine, vocabulary, subject.prompts, split)
    return likelihood_measures(scorer, exchanges, subject.personas)


def _hearing(subject: Subject, pack: Path | None, sizes: Sizes) -> list[Measure]:
    rate = subject.backend.sample_rate
    recordings = synthetic_recordings(rate, sizes.heard)
    recordings += human_recordings(pack / "speech", "test", rate, sizes.heard) if pack is not None else []
    by_model = heard_by_model(subject.backend, subject.personas, subject.seed)
    rows = heard_measures("heard_word_error", by_model, recordings)
    ear = subject.models.ear
    return rows if ear is None else rows + heard_measures("ear_word_error", heard_by_ear(ear), recordings)


def _seeing(subject: Subject, held_out: HeldOut, sizes: Sizes) -> Iterator[Measure]:
    reader = CaptionReader(held_out.train_clips)
    seen = held_out.seen(sizes.seen)
    shown = {"scripts": seen}
    if (solver := subject.models.three_points) is not None:
        shown["three-points"] = [(action, tracked(solver, motion)) for action, motion in seen]
    if held_out.captured:
        shown["captured"] = [(clip.action, clip.read()) for clip in spread(held_out.captured, sizes.seen)]
    for source, pairs in shown.items():
        yield from saw_measures(subject.backend, pairs, reader, subject.personas, subject.seed, source)


def _through_codec(subject: Subject, line: str) -> AudioChunk:
    """A line in the agent's synthesised voice, encoded and decoded in a persona's."""
    speech, made = subject.models.speech, agent_synthesizer().speak(line).audio
    codes = speech.encode(resample(made.samples, made.sample_rate, speech.sample_rate))
    return AudioChunk(speech.decode(codes, subject.voices[subject.personas[0]]), speech.sample_rate)


def _likeness(subject: Subject, audio: AudioChunk, persona: str) -> float:
    own = subject.models.speech.voice_of(audio).embedding
    return float(own @ subject.voices[persona].embedding)

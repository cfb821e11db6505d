"""What the model answers in held-out talks: do the words fit, are they heard, whose are they, in which voice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from solami.audio.resample import resample
from solami.datasets.scripts import Script
from solami.evaluation.held_out import Exchange, opening_exchanges
from solami.evaluation.measures import Listener, Measure, measure
from solami.evaluation.paired import mean, paired, shifted
from solami.evaluation.recognition import SAMPLE_RATE, error_rate, word_errors
from solami.evaluation.relevance import LineSpace
from solami.evaluation.replies import Reply
from solami.evaluation.speakers import SpeakerGuess
from solami.frames import AudioChunk

SPLIT, SOURCE, CEILING = "val+test", "scripts", "retrieval"
Likeness = Callable[[AudioChunk, str], float]  # of some speech and a persona's voice
Round = Callable[[str], AudioChunk]  # a line spoken by the agent's synthesiser and sent through the codec


def relevance_measures(
    exchanges: Sequence[Exchange], draws: Mapping[str, Sequence[Sequence[Reply]]], scripts: Sequence[Script]
) -> list[Measure]:
    """Words shared with the script's own answer, against those shared with all others; retrieval beside it.

    `draws`: by how the exchanges were asked, the replies to all, each time anew; one sample is an exchange's mean.
    """
    train = opening_exchanges(scripts, held_out=False)
    space = LineSpace([e.said for e in train] + [e.asked for e in train])
    wanted = [e.said for e in exchanges]
    answers = {source: [[r.said for r in replies] for replies in given] for source, given in draws.items()}
    answers[CEILING] = [nearest_answers(space, exchanges, train)]
    rows = []
    for source, given in answers.items():
        likeness = np.array([space.likeness(lines, wanted) for lines in given]).mean(axis=0)  # [N, own and other]
        parts = [(float(own), float(other)) for own, other in likeness]
        rows += paired("relevance", parts, mean, "more", split=SPLIT, source=source)
    return rows


def nearest_answers(space: LineSpace, exchanges: Sequence[Exchange], train: Sequence[Exchange]) -> list[str]:
    """What the train script answered whose question is nearest."""
    nearest = space.cosines([e.asked for e in exchanges], [e.asked for e in train]).argmax(axis=1)
    return [train[int(index)].said for index in nearest]


def persona_measures(
    exchanges: Sequence[Exchange], replies: Sequence[Reply], scripts: Sequence[Script]
) -> list[Measure]:
    """How often a classifier names the persona of a reply, and of the scripts' own answers; chance beside it."""
    turns = [(s.persona, t.speech) for s in scripts if s.split == "train" for t in s.turns if t.role == "agent"]
    guess = SpeakerGuess(turns)
    chance = 1 / len({persona for persona, _ in turns})
    rows = []
    for lines, source in (([r.said for r in replies], SOURCE), ([e.said for e in exchanges], "reference")):
        right = [float(guess.best(line) == e.persona) for line, e in zip(lines, exchanges, strict=True)]
        rows.append(measure("persona_accuracy", right, mean, split=SPLIT, source=source, baseline=chance))
    return rows


def intelligibility_measures(
    replies: Sequence[Reply], listener: Listener, through_codec: Round | None
) -> list[Measure]:
    """Word error of what is heard against `said`; the same lines synthesised and sent through the codec beside it."""
    spoken = [reply for reply in replies if reply.said]
    heard = [listener.words(resample(r.audio.samples, r.audio.sample_rate, SAMPLE_RATE)) for r in spoken]
    rows = _word_error([r.said for r in spoken], heard, SOURCE)
    if through_codec is None:
        return rows
    made = [through_codec(reply.said) for reply in spoken]
    heard = [listener.words(resample(m.samples, m.sample_rate, SAMPLE_RATE)) for m in made]
    return rows + _word_error([r.said for r in spoken], heard, "codec")


def _word_error(said: Sequence[str], heard: Sequence[str], source: str) -> list[Measure]:
    own = [word_errors(line, words) for line, words in zip(said, heard, strict=True)]
    other = [word_errors(line, words) for line, words in zip(said, shifted(heard), strict=True)]
    parts = list(zip(own, other, strict=True))
    return paired("intelligibility_word_error", parts, error_rate, "less", split=SPLIT, source=source)


def voice_measures(exchanges: Sequence[Exchange], replies: Sequence[Reply], likeness: Likeness) -> list[Measure]:
    """Cosine of the speech's voice and the persona's, against another persona's."""
    personas = sorted({e.persona for e in exchanges})
    others = dict(zip(personas, shifted(personas), strict=True))
    long = [(e, r) for e, r in zip(exchanges, replies, strict=True) if len(r.audio.samples) >= r.audio.sample_rate]
    parts = [(likeness(r.audio, e.persona), likeness(r.audio, others[e.persona])) for e, r in long]
    return paired("voice_likeness", parts, mean, "more", split=SPLIT, source=SOURCE) if parts else []

import numpy as np
import pytest

from solami.datasets.scripts import load_scripts
from solami.evaluation.answers import (
    intelligibility_measures,
    nearest_answers,
    persona_measures,
    relevance_measures,
    voice_measures,
)
from solami.evaluation.held_out import Exchange, opening_exchanges
from solami.evaluation.relevance import LineSpace
from solami.evaluation.replies import Reply
from solami.frames import AudioChunk, FloatArray

SCRIPTS = load_scripts()
EXCHANGES = opening_exchanges(SCRIPTS, held_out=True)[:20]


def reply(said: str, level: float = 0.1) -> Reply:
    return Reply(said, AudioChunk(np.full(16_000, level, np.float32), 16_000), None, ())


def test_the_scripts_own_answers_are_most_relevant() -> None:
    """Saying what the script says beats saying something else; each way of asking and retrieval have their own rows."""
    own, other = [reply(e.said) for e in EXCHANGES], [reply("nothing")] * len(EXCHANGES)
    draws = {"scripts": [own, own], "spoken": [other]}
    rows = {(r.name, r.source): r for r in relevance_measures(EXCHANGES, draws, SCRIPTS)}
    assert rows["relevance", "spoken"].value == pytest.approx(0.0, abs=0.05)
    assert rows["relevance", "scripts"].value == pytest.approx(1.0, abs=0.05)
    assert rows["relevance_gain", "scripts"].ci95[0] > 0.5
    assert ("relevance", "retrieval") in rows


def test_retrieval_answers_what_a_like_question_was_answered() -> None:
    """The answer of the train exchange with the nearest question is taken."""
    train = [
        Exchange("a", "chat", "Can you bake bread?", "", "I bake.", ""),
        Exchange("a", "chat", "Do you sail?", "", "Aye.", ""),
    ]
    space = LineSpace([e.asked for e in train])
    asked = Exchange("a", "chat", "Will you sail tonight?", "", "", "")
    assert nearest_answers(space, [asked], train) == ["Aye."]


def test_personas_are_judged_beside_their_own_lines() -> None:
    """Chance is one in ten; the scripts' own answers say how good the judge is."""
    rows = {r.source: r for r in persona_measures(EXCHANGES, [reply("Hm.")] * len(EXCHANGES), SCRIPTS)}
    assert rows["scripts"].baseline == pytest.approx(0.1)
    assert rows["reference"].n == len(EXCHANGES) and rows["scripts"].value <= 0.2


class Listener:
    """Hears a word for the level of the samples."""

    def words(self, samples: FloatArray) -> str:
        return {1: "one", 2: "two"}[round(10 * float(samples.max()))]


def test_words_are_understood_beside_the_codecs_own_limit() -> None:
    """Clear replies have no error, another's sound has; lines through the codec stand beside them."""
    replies = [reply("One.", 0.1), reply("Two.", 0.2)]
    rows = {
        (r.name, r.source): r
        for r in intelligibility_measures(replies, Listener(), lambda line: replies[line == "One."].audio)
    }
    row = rows["intelligibility_word_error", "scripts"]
    assert (row.value, row.baseline) == (0.0, 1.0)
    assert rows["intelligibility_word_error", "codec"].value == 1.0
    assert len(intelligibility_measures(replies, Listener(), None)) == 2


def test_a_voice_is_compared_with_another_personas() -> None:
    """Likeness to the own persona's voice, with another persona's as baseline; too short speech is left out."""
    exchanges = EXCHANGES[:3]
    replies = [reply("a", 0.1), reply("b", 0.1), Reply("c", AudioChunk(np.zeros(100, np.float32), 16_000), None, ())]
    first = exchanges[0].persona
    row, gain = voice_measures(exchanges, replies, lambda audio, persona: float(persona == first))
    assert row.n == 2 and row.value == 0.5 and gain.name == "voice_likeness_gain"

"""The scripted engine says its script and nothing else."""

import pytest

from solami.llm.engine import Sampling
from solami.llm.grammar import AgentGrammar
from solami.llm.parser import parse_agent
from solami.llm.scripted_engine import ScriptedEngine
from solami.llm.template import header_ids
from solami.llm.turns import AgentTurn, Clause, Heard, Saw
from solami.llm.vocabulary import Vocabulary


def run(vocabulary: Vocabulary, *, speech: bool, body: bool, heard: bool = True) -> AgentTurn:
    """One turn of the script."""
    engine = ScriptedEngine(vocabulary, ["Hello.", " Tom."], beats=2)
    slot = engine.open(0)
    header = header_ids(vocabulary, "<agent>", speech=speech, body=body)
    engine.prefill(slot, [vocabulary.special("<bos>"), *header])
    grammar = AgentGrammar(vocabulary, speech=speech, body=body, heard=heard, saw=heard)
    ids: list[int] = []
    while not grammar.done:
        ids += engine.step([slot], [grammar.legal()], [Sampling()])
        grammar.advance(ids[-1])
    return parse_agent(vocabulary, [*header, *ids])


def test_the_script_is_said_with_its_beats_and_captions(vocabulary: Vocabulary) -> None:
    """Two clauses of two beats, the captions behind the first."""
    turn = run(vocabulary, speech=True, body=True)
    assert [type(part) for part in turn.parts] == [Clause, Heard, Saw, Clause]
    assert [part.text for part in turn.parts] == ["Hello.", "some words", "some moves", "Tom."]
    assert [len(part.beats) for part in turn.parts if isinstance(part, Clause)] == [2, 2]


def test_it_follows_the_flags_of_the_turn(vocabulary: Vocabulary) -> None:
    """Motion alone, text alone and no captions are as possible as all of it."""
    silent = run(vocabulary, speech=False, body=True, heard=False)
    assert [len(part.beats) for part in silent.parts if isinstance(part, Clause)] == [2, 2]
    written = run(vocabulary, speech=False, body=False, heard=False)
    assert [part.text for part in written.parts] == ["Hello.", "Tom."]


def test_the_users_turn_ends_as_likely_as_the_script_says(vocabulary: Vocabulary) -> None:
    """The end of a turn and its going on have the two probabilities the engine was given."""
    engine = ScriptedEngine(vocabulary, end_probability=0.8)
    slot = engine.open(0)
    engine.prefill(slot, [vocabulary.special("<bos>")])
    end = vocabulary.special("<end>")
    ending, going_on = (range(end, end + 1),), (vocabulary.span("speech"),)
    assert engine.probability(slot, ending, going_on) == pytest.approx(0.8)
    assert engine.probability(slot, going_on, ending) == pytest.approx(0.2)

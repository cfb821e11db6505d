"""The grammar takes every rendered turn and lets nothing else through."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solami.errors import EngineError
from solami.frames import Codes
from solami.llm.grammar import AgentGrammar
from solami.llm.grammar_limits import GrammarLimits
from solami.llm.parser import parse_agent
from solami.llm.template import header_ids, render_turn
from solami.llm.turns import AgentTurn, Beat, Clause, Heard, Saw
from solami.llm.vocabulary import SPECIAL_TOKENS, Vocabulary

WORDS = st.sampled_from(["Hello", "Hello there", "good to see", "héllo 🙂", "Tom"])
SMALL = GrammarLimits(clause_beats=3, clauses=3)


def random_codes(modality: str, books: int, size: int, frames: int, rng: random.Random) -> np.ndarray:
    """Codes [books, frames]."""
    return np.array([[rng.randrange(size) for _ in range(frames)] for _ in range(books)], np.int32)


@st.composite
def agent_turns(draw: st.DrawFn) -> AgentTurn:
    """Any turn the template can write, within the grammar's limits."""
    speech, body = draw(st.tuples(st.booleans(), st.booleans()))
    rng = draw(st.randoms(use_true_random=False))

    def beat() -> Beat:
        motion = (random_codes("body", 2, 8, 3, rng), random_codes("hands", 1, 8, 3, rng)) if body else (None, None)
        return Beat(*motion, random_codes("speech", 1, 16, 10, rng) if speech else None)

    def clause(does: str = "") -> Clause:
        place = Codes("placement", random_codes("placement", 3, 32, 1, rng), 0.0) if body else None
        count = draw(st.integers(1, 3)) if speech or body else 0
        return Clause(draw(WORDS), place, tuple(beat() for _ in range(count)), does)

    captions = draw(st.permutations([Heard(draw(WORDS)), Saw(draw(WORDS))]))[: draw(st.integers(0, 2))]
    rest = draw(st.permutations([*captions, *(clause() for _ in range(draw(st.integers(0, 2))))]))
    first = clause(draw(st.sampled_from(["nods", "waves"])) if body else "")
    return AgentTurn(speech, body, (first, *rest))


def walk(vocabulary: Vocabulary, grammar: AgentGrammar, seed: int) -> list[int]:
    """Ids drawn evenly from what is legal, until the turn ends."""
    rng, ids = random.Random(seed), []
    while not grammar.done:
        span = rng.choice(grammar.legal())
        ids.append(rng.choice(span))
        grammar.advance(ids[-1])
    return ids


@given(agent_turns())
@settings(deadline=None)
def test_every_rendered_turn_is_accepted_and_parses_back(vocabulary: Vocabulary, turn: AgentTurn) -> None:
    """The grammar takes a rendered turn id by id to its end, and parsing and rendering again changes nothing."""
    ids = render_turn(vocabulary, turn).ids
    grammar = AgentGrammar(vocabulary, speech=turn.speech, body=turn.body)
    for token_id in ids[1 + turn.speech + turn.body :]:
        grammar.advance(token_id)
    assert grammar.done
    parsed = parse_agent(vocabulary, ids)
    assert render_turn(vocabulary, parsed).ids == ids
    assert [type(part) for part in parsed.parts] == [type(part) for part in turn.parts]
    assert [part.text for part in parsed.parts] == [part.text for part in turn.parts]
    assert [getattr(part, "does", "") for part in parsed.parts] == [getattr(part, "does", "") for part in turn.parts]


@given(st.integers(0, 10_000), st.booleans(), st.booleans())
@settings(deadline=None)
def test_every_legal_walk_parses_within_the_limits(vocabulary: Vocabulary, seed: int, speech: bool, body: bool) -> None:
    """A random walk through legal ids ends, parses, keeps all limits and holds each caption once."""
    ids = walk(vocabulary, AgentGrammar(vocabulary, speech=speech, body=body, limits=SMALL), seed)
    turn = parse_agent(vocabulary, [*header_ids(vocabulary, "<agent>", speech=speech, body=body), *ids])
    clauses = [part for part in turn.parts if isinstance(part, Clause)]
    assert turn.parts[0] is clauses[0] and len(clauses) <= SMALL.clauses
    for clause in clauses:
        assert bool(clause.beats) == (speech or body) and len(clause.beats) <= SMALL.clause_beats
        for beat in clause.beats:
            assert (beat.speech is not None, beat.body is not None) == (speech, body)
    assert sum(isinstance(part, Heard) for part in turn.parts) <= 1
    assert sum(isinstance(part, Saw) for part in turn.parts) <= 1


@given(st.integers(0, 10_000))
@settings(deadline=None)
def test_first_audio_comes_within_its_limit(vocabulary: Vocabulary, seed: int) -> None:
    """From the end of the user's turn to the first speech code stand at most 32 ids, header included."""
    header = header_ids(vocabulary, "<agent>", speech=True, body=True)
    ids = header + walk(vocabulary, AgentGrammar(vocabulary, limits=SMALL), seed)
    assert next(n for n, i in enumerate(ids) if i in vocabulary.span("speech")) <= 32


def test_what_the_body_does_stands_in_the_first_clause_alone(vocabulary: Vocabulary) -> None:
    """Walks hold <does> once, behind the first words; without a body, or for an older LLM, never."""
    mark, say = vocabulary.special("<does>"), vocabulary.special("<say>")
    walks = [walk(vocabulary, AgentGrammar(vocabulary, limits=SMALL), seed) for seed in range(40)]
    assert all(ids.count(mark) == 1 and ids[: ids.index(mark)].count(say) == 1 for ids in walks)
    older = Vocabulary(vocabulary.tokenizer, list(vocabulary.specs.values()), SPECIAL_TOKENS[:-1])
    for seed in range(10):
        assert mark not in walk(vocabulary, AgentGrammar(vocabulary, body=False, limits=SMALL), seed)
        ids = walk(older, AgentGrammar(older, limits=SMALL), seed)
        assert {older.special_name(i) for i in ids} <= {None, "<say>", "<heard>", "<saw>", "<end>"}


def test_a_long_first_clause_leaves_a_shorter_does(vocabulary: Vocabulary) -> None:
    """Words and caption share what fits before the first audio: four tokens of caption behind eleven of words."""
    for words, fitting in ((1, 8), (11, 4), (12, 3)):
        grammar = AgentGrammar(vocabulary)
        for token_id in (vocabulary.special("<say>"), *[0] * words, vocabulary.special("<does>"), *[0] * fitting):
            grammar.advance(token_id)
        assert grammar.legal() == (vocabulary.book_span("placement", 0),)
    short = AgentGrammar(vocabulary, limits=GrammarLimits(ids_before_audio=21))  # five ids of text: no room worth it
    for token_id in (vocabulary.special("<say>"), 0, 0):
        short.advance(token_id)
    assert short.legal()[-1] == vocabulary.book_span("placement", 0)


def test_the_end_is_forced_at_the_limit_and_withheld_before_the_minimum(vocabulary: Vocabulary) -> None:
    """A reply has exactly the beats that the limits leave it."""
    for seed in range(5):
        limits = GrammarLimits(clause_beats=4, clauses=12, min_beats=6, max_beats=6)
        grammar = AgentGrammar(vocabulary, limits=limits)
        walk(vocabulary, grammar, seed)
        assert grammar.beats == 6


def test_captions_that_are_switched_off_never_come(vocabulary: Vocabulary) -> None:
    """Without heard and saw no walk holds their markers."""
    marks = {vocabulary.special("<heard>"), vocabulary.special("<saw>")}
    for seed in range(10):
        grammar = AgentGrammar(vocabulary, heard=False, saw=False, limits=SMALL)
        assert not marks & set(walk(vocabulary, grammar, seed))


def test_illegal_ids_and_ids_behind_the_end_are_refused(vocabulary: Vocabulary) -> None:
    """Advancing over anything that is not legal is an error."""
    grammar = AgentGrammar(vocabulary, speech=False, body=False)
    with pytest.raises(EngineError, match="'start'"):
        grammar.advance(0)
    for token_id in (vocabulary.special("<say>"), 0, vocabulary.special("<end>")):
        grammar.advance(token_id)
    with pytest.raises(EngineError, match="has ended"):
        grammar.legal()


def test_a_caption_left_out_is_not_written(vocabulary: Vocabulary) -> None:
    """What stands in the user's turn already is neither legal nor owed in the reply."""
    grammar = AgentGrammar(vocabulary, limits=GrammarLimits(owes_heard=True))
    grammar.leave_out(vocabulary.special("<heard>"))
    rng = random.Random(0)
    while not grammar.at_boundary:
        grammar.advance(rng.choice(rng.choice(grammar.legal())))
    legal = {token_id for span in grammar.legal() for token_id in span}
    assert vocabulary.special("<heard>") not in legal
    assert {vocabulary.special("<saw>"), vocabulary.special("<say>"), vocabulary.special("<end>")} <= legal


def test_owed_words_come_before_the_second_clause(vocabulary: Vocabulary) -> None:
    """With `owes_heard` no clause and no <end> is legal after the first clause's beats until <heard> has come."""
    grammar = AgentGrammar(vocabulary, limits=GrammarLimits(owes_heard=True))
    held = {vocabulary.special("<say>"), vocabulary.special("<end>")}
    rng = random.Random(0)
    while not grammar.at_boundary:
        grammar.advance(rng.choice(rng.choice(grammar.legal())))
    assert not held & {token_id for span in grammar.legal() for token_id in span}
    grammar.advance(vocabulary.special("<heard>"))
    grammar.advance(vocabulary.text_span.start)
    assert held <= {token_id for span in grammar.legal() for token_id in span}

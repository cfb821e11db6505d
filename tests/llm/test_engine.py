"""One contract for every engine: what the pipeline relies on holds for local, reference and scripted."""

from collections.abc import Callable
from pathlib import Path

import pytest

from solami.errors import CapacityError, EngineError
from solami.llm.checkpoint import read_weights
from solami.llm.engine import Engine, Legal, Sampling
from solami.llm.grammar import AgentGrammar
from solami.llm.grammar_limits import GrammarLimits
from solami.llm.local_engine import LocalEngine
from solami.llm.parser import parse_agent
from solami.llm.scripted_engine import ScriptedEngine
from solami.llm.template import header_ids
from solami.llm.transformers_engine import TransformersEngine, read_model
from solami.llm.vocabulary import Vocabulary

Build = Callable[[], Engine]
HOT = Sampling(1.0, 0.9)
ANY: Legal = (range(20, 60), range(90, 91), range(100, 140))


@pytest.fixture(params=["local", "transformers", "scripted"])
def engine(request: pytest.FixtureRequest, tiny_llama: Path, vocabulary: Vocabulary) -> Engine:
    """A small engine of each kind with two slots of 96 positions."""
    match request.param:
        case "local":
            return LocalEngine(read_weights(tiny_llama), slots=2, context_tokens=96)
        case "transformers":
            return TransformersEngine(read_model(tiny_llama), slots=2, context_tokens=96)
        case _:
            return ScriptedEngine(vocabulary, slots=2, context_tokens=96)


def draw(engine: Engine, slot: int, count: int, legal: Legal = ANY) -> list[int]:
    """Some steps of one slot."""
    return [engine.step([slot], [legal], [HOT])[0] for _ in range(count)]


def test_drawn_ids_are_legal_and_appended(engine: Engine) -> None:
    """Every id is one of the legal ones and moves the slot by one position."""
    slot = engine.open(0)
    engine.prefill(slot, [1, 2, 3])
    for n, legal in enumerate([(range(7, 8),), (range(30, 32),), ANY]):
        (token_id,) = draw(engine, slot, 1, legal)
        assert any(token_id in span for span in legal)
        assert engine.position(slot) == 4 + n


def test_the_same_seed_repeats_and_another_differs(engine: Engine) -> None:
    """Ids depend on the seed, the prompt and the legal ranges alone."""
    first, second = engine.open(1), engine.open(2)
    for slot in (first, second):
        engine.prefill(slot, [1, 2, 3])
    ids, other = draw(engine, first, 12, (range(100, 140),)), draw(engine, second, 12, (range(100, 140),))
    assert ids != other
    engine.rollback(second, 3)
    engine.reseed(second, 1)
    assert draw(engine, second, 12, (range(100, 140),)) == ids


def test_rolling_back_forgets_what_came_after(engine: Engine) -> None:
    """After a rollback the slot goes on as if the forgotten ids had never been."""
    slot = engine.open(3)
    engine.prefill(slot, [5, 6, 7])
    engine.reseed(slot, 9)
    ids = draw(engine, slot, 5)
    for mark in (3, 2, 0):
        engine.rollback(slot, mark)
        assert engine.position(slot) == mark
        engine.prefill(slot, [5, 6, 7][mark:])
        draw(engine, slot, 2)
        engine.rollback(slot, 3)
        engine.reseed(slot, 9)
        assert draw(engine, slot, 5) == ids


def test_slots_do_not_see_each_other(engine: Engine) -> None:
    """A slot that runs beside another draws what it draws alone."""
    alone = engine.open(1)
    engine.prefill(alone, [1, 2, 3])
    ids = draw(engine, alone, 8)
    engine.close(alone)
    first, second = engine.open(1), engine.open(2)
    engine.prefill(first, [1, 2, 3])
    engine.prefill(second, [9] * 40)
    together = [engine.step([second, first], [ANY, ANY], [HOT, HOT])[1] for _ in range(8)]
    assert together == ids


def test_a_probability_is_asked_without_changing_anything(engine: Engine) -> None:
    """Two alternatives share all probability, and later draws are as if nobody had asked."""
    slot = engine.open(3)
    engine.prefill(slot, [5, 6, 7])
    engine.reseed(slot, 9)
    ids = draw(engine, slot, 5)
    engine.rollback(slot, 3)
    engine.reseed(slot, 9)
    for _ in range(2):  # behind a prefill or a rollback, and behind a drawn id
        end, more = engine.probability(slot, ANY[:1], ANY[1:]), engine.probability(slot, ANY[1:], ANY[:1])
        assert 0 <= end <= 1 and end + more == pytest.approx(1)
        assert draw(engine, slot, 1) == [ids[engine.position(slot) - 4]]
    assert draw(engine, slot, 3) == ids[2:]


def test_forgotten_ids_leave_the_slot(engine: Engine) -> None:
    """The rest moves down, room comes back, and marks count what is left."""
    slot = engine.open(0)
    engine.prefill(slot, [1] * 90)
    draw(engine, slot, 2)
    engine.forget(slot, 4, 84)
    assert engine.position(slot) == 12
    engine.prefill(slot, [2] * 80)
    engine.forget(slot, 12, 12)
    engine.forget(slot, 10, 92)
    assert engine.position(slot) == 10
    assert len(draw(engine, slot, 3)) == 3
    engine.rollback(slot, 3)
    with pytest.raises(EngineError, match="within 0 to 3"):
        engine.forget(slot, 2, 4)


def test_what_is_forgotten_last_is_as_if_rolled_back(engine: Engine) -> None:
    """Forgetting the end, drawn ids included, leaves what was before it."""
    slot = engine.open(3)
    engine.prefill(slot, [5, 6, 7])
    engine.reseed(slot, 9)
    ids = draw(engine, slot, 5)
    engine.forget(slot, 3, 8)
    engine.reseed(slot, 9)
    assert draw(engine, slot, 5) == ids


def test_limits_are_errors(engine: Engine) -> None:
    """A full engine, a full context, a closed or empty slot and a wrong mark are refused."""
    slot, other = engine.open(0), engine.open(0)
    with pytest.raises(CapacityError) as refused:
        engine.open(0)
    assert refused.value.retry_after_s > 0
    with pytest.raises(EngineError, match="prefill the prompt"):
        draw(engine, other, 1)
    engine.prefill(slot, [1] * 96)
    with pytest.raises(EngineError, match="context full"):
        draw(engine, slot, 1)
    with pytest.raises(EngineError, match="context full"):
        engine.prefill(slot, [1])
    with pytest.raises(EngineError, match="expected 0 to 96"):
        engine.rollback(slot, 97)
    with pytest.raises(EngineError, match="ids from"):
        engine.prefill(other, [10**6])
    engine.close(slot)
    with pytest.raises(EngineError, match="not open"):
        engine.position(slot)
    assert engine.open(0) not in (slot, other)


def test_every_engine_walks_the_grammar_to_its_end(engine: Engine, vocabulary: Vocabulary) -> None:
    """Guided by the grammar, any engine gives a turn that parses."""
    slot = engine.open(4)
    header = header_ids(vocabulary, "<agent>", speech=True, body=False)
    engine.prefill(slot, [vocabulary.special("<bos>"), *header])
    grammar = AgentGrammar(vocabulary, body=False, limits=GrammarLimits(max_beats=4, clause_tokens=5, caption_tokens=4))
    ids = []
    while not grammar.done:
        ids += engine.step([slot], [grammar.legal()], [HOT])
        grammar.advance(ids[-1])
    assert parse_agent(vocabulary, [*header, *ids]).speech

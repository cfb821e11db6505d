"""A context holds the system's ids and the newest turns, whatever is written to it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solami.errors import ConfigError
from solami.llm.context import TRIM_ABOVE, TRIM_TO, Context, draw
from solami.llm.engine import Sampling
from solami.llm.scripted_engine import ScriptedEngine
from solami.llm.vocabulary import Vocabulary

SIZE = 100
SYSTEM = list(range(1, 11))


def build(vocabulary: Vocabulary) -> tuple[ScriptedEngine, Context]:
    """A small context and its engine."""
    engine = ScriptedEngine(vocabulary, slots=1, context_tokens=SIZE)
    return engine, Context(engine, SYSTEM, seed=0)


def held(engine: ScriptedEngine) -> list[int]:
    """The ids in the engine's only slot."""
    return next(iter(engine._states.values())).ids


@given(st.lists(st.lists(st.integers(1, 12), min_size=1, max_size=12), min_size=1, max_size=12))
@settings(deadline=None)
def test_no_order_of_writes_overflows(vocabulary: Vocabulary, turns: list[list[int]]) -> None:
    """Turns of any length leave the system in front, the newest ids at the end, and room for a reply."""
    engine, context = build(vocabulary)
    for number, pieces in enumerate(turns):
        context.trim()
        context.open_turn([20])
        for length in pieces:
            context.write([30 + number] * length)
            assert held(engine)[-length:] == [30 + number] * length
            assert held(engine)[: len(SYSTEM)] == SYSTEM
            assert context.room >= 0.3 * SIZE - 1
        context.close_turn(40)
    context.close()


def test_trimming_keeps_the_newest_whole_turns(vocabulary: Vocabulary) -> None:
    """A context that is rather full loses its oldest turns, never a part of one."""
    engine, context = build(vocabulary)
    for number in range(5):
        context.open_turn([50 + number] * 7)
        context.close_turn(40)
    assert SIZE - context.room > TRIM_ABOVE * SIZE
    context.trim()
    assert held(engine) == [*SYSTEM, *[54] * 7, 40]
    assert SIZE - context.room <= TRIM_TO * SIZE


def test_the_end_of_a_turn_is_sent_with_what_follows(vocabulary: Vocabulary) -> None:
    """Closing a turn costs no run of its own, and the end is never lost."""
    engine, context = build(vocabulary)
    context.open_turn([20, 21])
    context.close_turn(40)
    assert held(engine) == [*SYSTEM, 20, 21] and context.room == SIZE - 13
    context.open_turn([22])
    assert held(engine) == [*SYSTEM, 20, 21, 40, 22]


def test_a_cut_turn_ends_where_it_is_told(vocabulary: Vocabulary) -> None:
    """Cutting takes drawn and written ids alike, and 0 takes the whole turn."""
    engine, context = build(vocabulary)
    context.open_turn([20, 21])
    drawn = []
    for _ in range(3):
        drawn += draw([context.wanted((range(5, 6),), Sampling())])
        context.took(drawn[-1])
    assert context.length == 5 and drawn == [5, 5, 5]
    context.cut(3)
    context.close_turn(40)
    context.open_turn([22])
    assert held(engine) == [*SYSTEM, 20, 21, 5, 40, 22]
    context.cut(0)
    assert held(engine) == [*SYSTEM, 20, 21, 5, 40]


def test_a_system_text_that_fills_the_context_is_refused(vocabulary: Vocabulary) -> None:
    """A persona must leave room for the talk; no slot stays open."""
    engine = ScriptedEngine(vocabulary, slots=1, context_tokens=SIZE)
    with pytest.raises(ConfigError, match="persona text"):
        Context(engine, [1] * 50, seed=0)
    engine.open(0)

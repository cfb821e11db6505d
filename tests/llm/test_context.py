"""A context holds the system's ids and the newest turns, whatever is written to it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solami.errors import ConfigError
from solami.llm.context import USED, Context
from solami.llm.drawing import draw
from solami.llm.engine import Sampling
from solami.llm.old_turns import Forgotten
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


def test_trimming_lets_old_turns_fade_and_go(vocabulary: Vocabulary) -> None:
    """A context that is rather full loses the codes of its oldest exchanges first, then their words."""
    engine = ScriptedEngine(vocabulary, slots=1, context_tokens=SIZE)
    context = Context(engine, SYSTEM, seed=0, codes=(range(50, 60),))
    for number in range(1, 10):
        context.open_turn([20 + number, *[50 + number % 2] * 6], number)
        context.close_turn(40)
        context.trim()
        assert SIZE - context.room <= USED * SIZE
        if number == 5:
            words = [21, 40, 22, 40, 23, 40]
            assert held(engine) == [*SYSTEM, *words, 24, *[50] * 6, 40, 25, *[51] * 6]
            assert context.take_forgotten() == Forgotten((1, 2, 3), ())
    assert held(engine)[len(SYSTEM)] > 21
    assert held(engine)[-7:] == [29, *[51] * 6]
    assert context.take_forgotten().gone[0] == 1
    assert context.take_forgotten() == Forgotten()


def test_what_the_talk_comes_back_to_is_written_in_again(vocabulary: Vocabulary) -> None:
    """An exchange that is gone returns, in its words, behind one that is like it."""
    engine = ScriptedEngine(vocabulary, slots=1, context_tokens=SIZE)
    context = Context(engine, SYSTEM, seed=0)
    for number, word in enumerate((71, 72, 73, 71), 1):
        context.open_turn([20, word, word + 10], number)
        context.close_turn(40)
        for _ in range(2 * (number == 3)):  # the first two must go
            context.trim()
            context._old.let_go(context._old.turns[0].number)
    context.trim()
    assert held(engine)[-8:] == [20, 71, 81, 40, 20, 71, 81, 40]
    assert context._old.turns[-1].number == 1


def test_a_snapshot_is_gone_back_to_whatever_happened_since(vocabulary: Vocabulary) -> None:
    """Ids written, turns opened and turns let go since are undone."""
    for lets_go in (False, True):
        engine, context = build(vocabulary)
        context.open_turn([20, 21], 1)
        context.close_turn(40)
        context.open_turn([22, 23], 2)
        before = context.snapshot()
        context.close_turn(40)
        context.open_turn([24], 2)
        if lets_go:
            context._old.let_go(1)
        context.restore(before)
        context.write([25])
        assert held(engine) == [*SYSTEM, 20, 21, 40, 22, 23, 25]


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


def test_a_reopened_context_holds_the_turns_before_a_failure(vocabulary: Vocabulary) -> None:
    """A fresh slot has the system and the exchanges that count, one that was cut included, and none behind them."""
    engine, context = build(vocabulary)
    for number in (1, 2):
        context.open_turn([20], number)
        context.write([30 + number] * 5)
        context.cut(3)
        context.close_turn(21)
    context.open_turn([20, 22], 3)
    assert context.number == 3
    context.close()
    context.reopen(2)
    assert held(engine) == [*SYSTEM, 20, 31, 31, 21, 20, 32, 32, 21]
    context.open_turn([20], 3)
    assert held(engine)[-2:] == [21, 20]
    context.close()

"""Turns that grow old."""

from hypothesis import given, settings
from hypothesis import strategies as st

from solami.llm.old_turns import ARCHIVED, ClosedTurn, Forgotten, OldTurns
from solami.llm.scripted_engine import ScriptedEngine
from solami.llm.vocabulary import Vocabulary

CODES = (range(50, 60),)
IDS = st.lists(st.one_of(st.integers(20, 30), st.integers(50, 59)), min_size=1, max_size=12)


def build(vocabulary: Vocabulary, turns: list[list[int]]) -> tuple[ScriptedEngine, OldTurns]:
    """A slot of a system of three ids and closed turns, two an exchange."""
    engine = ScriptedEngine(vocabulary, slots=1, context_tokens=400)
    slot = engine.open(0)
    engine.prefill(slot, [1, 2, 3, *(i for ids in turns for i in ids)])
    old = OldTurns(engine, slot, 3, CODES)
    old.turns = [ClosedTurn(1 + n // 2, tuple(ids)) for n, ids in enumerate(turns)]
    return engine, old


@given(st.lists(IDS, min_size=1, max_size=10), st.integers(5, 80), st.integers(0, 20))
@settings(max_examples=60, deadline=None)
def test_the_slot_holds_what_the_turns_say(
    vocabulary: Vocabulary, turns: list[list[int]], most: int, words: int
) -> None:
    """Whatever fades and goes, the slot is the system and the turns, within the limits, newest exchange last to go."""
    engine, old = build(vocabulary, turns)
    newest = old.last
    old.trim(most, words)
    held = next(iter(engine._states.values())).ids
    assert held == [1, 2, 3, *(i for turn in old.turns for i in turn.ids)]
    assert old.size <= most
    assert not any(i in CODES[0] for turn in old.turns if turn.is_faded for i in turn.ids)
    assert not old.turns or old.last == newest


def test_the_archive_is_bounded(vocabulary: Vocabulary) -> None:
    """A session of any length remembers the words of so many exchanges, the newest."""
    _, old = build(vocabulary, [])
    for number in range(ARCHIVED + 10):
        old.turns.append(ClosedTurn(number, (20,)))
        old.let_go(number)
    assert list(old._archive) == list(range(10, ARCHIVED + 10))


def test_what_went_is_told_once(vocabulary: Vocabulary) -> None:
    """An exchange that faded and then went counts as gone."""
    _, old = build(vocabulary, [[20, 50], [21, 51], [22, 52], [23, 53], [24, 54], [25, 55]])
    old.trim(8, 10)
    old.let_go(1)
    assert old.take_forgotten() == Forgotten((2,), (1,))
    assert old.take_forgotten() == Forgotten()

from solami.llm.drawing import Wanted, draw
from solami.llm.engine import Sampling
from solami.llm.scripted_engine import ScriptedEngine
from solami.llm.vocabulary import Vocabulary


def test_those_of_many_slots_are_drawn_in_one_step(vocabulary: Vocabulary) -> None:
    """Each gets an id of its own legal range, in order; nothing wanted needs no engine."""
    engine = ScriptedEngine(vocabulary, slots=2, context_tokens=100)
    slots = [engine.open(seed) for seed in (0, 1)]
    for slot in slots:
        engine.prefill(slot, [1])
    ranges = (vocabulary.span("speech"), vocabulary.span("hands"))
    ids = draw([Wanted(engine, slot, (legal,), Sampling()) for slot, legal in zip(slots, ranges, strict=True)])
    assert [token_id in legal for token_id, legal in zip(ids, ranges, strict=True)] == [True, True]
    assert draw([]) == []

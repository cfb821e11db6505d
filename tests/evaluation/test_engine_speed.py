"""What is timed leaves the engine as it was, and every row has its figures."""

import pytest

from solami.evaluation.engine_speed import forget_speed, prefill_speed, step_speed
from solami.frames import CodeSpec
from solami.llm.engine import Engine
from solami.llm.scripted_engine import ScriptedEngine
from solami.llm.vocabulary import Vocabulary
from solami.training.text_tokenizer import train_text_tokenizer

SPECS = [
    CodeSpec("speech", 16, 1, 25.0),
    CodeSpec("body", 8, 1, 7.5),
    CodeSpec("hands", 8, 1, 7.5),
    CodeSpec("placement", 8, 3, 0.0),
]


@pytest.fixture
def engine() -> Engine:
    """Two slots."""
    vocabulary = Vocabulary(train_text_tokenizer(["Hello there."], size=300), SPECS)
    return ScriptedEngine(vocabulary, slots=2, context_tokens=64)


def test_rows_have_times_and_slots_are_given_back(engine: Engine) -> None:
    """Steps, prefills and forgetting are timed one after the other with two slots, over and over."""
    ids = range(300, 310)
    for _ in range(3):
        step = step_speed(engine, 2, 10, ids, 5)
        assert step["batch"] == 2 and step["held"] == 10 and step["ids_per_s"] > 0
        assert 0 < step["ms_p50"] <= step["ms_p95"]
        prefill = prefill_speed(engine, 16, 10, ids, 4)
        assert prefill["ids"] == 16 and prefill["ms_p50"] > 0
        forget = forget_speed(engine, 20, 10, ids, 4)
        assert forget["dropped"] == 20 and forget["ms_p50"] > 0

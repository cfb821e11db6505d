"""A pipeline over fakes, on a clock that the test moves."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from solami.llm.engine import Legal, Sampling
from solami.llm.scripted_engine import ScriptedEngine
from solami.llm.vocabulary import Vocabulary
from solami.personas import Persona
from solami.pipeline.backend import PipelineBackend
from solami.pipeline.models import Models
from solami.tokenizers.base import Voice
from solami.tokenizers.dummy_motion import DummyMotionTokenizer
from solami.tokenizers.dummy_speech import DummySpeechTokenizer
from solami.tokenizers.placement import PlacementTokenizer
from solami.training.text_tokenizer import train_text_tokenizer

LINES = ["Hello there. I am a scripted character. some words moves"]
CLAUSES = ["Hello there, my scripted character.", " I am some words.", " moves"]


class Clock:
    """Seconds that pass only when a test says so."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


class CostlyEngine(ScriptedEngine):
    """Takes time for every step, on the test's clock, and remembers how many drew together."""

    def __init__(self, vocabulary: Vocabulary, clock: Clock, *, slots: int, beats: int) -> None:
        super().__init__(vocabulary, CLAUSES, slots=slots, beats=beats)
        self.clock, self.step_s, self.row_s = clock, 0.0, 0.0
        self.batches: list[int] = []

    def step(self, slots: Sequence[int], legal: Sequence[Legal], sampling: Sequence[Sampling]) -> list[int]:
        """As the script says."""
        self.clock.now_s += self.step_s + self.row_s * len(slots)
        self.batches.append(len(slots))
        return super().step(slots, legal, sampling)


@dataclass
class Stage:
    """A backend, its engine and the clock of both."""

    backend: PipelineBackend
    engine: CostlyEngine
    clock: Clock


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    """Of the dummy tokenizers."""
    specs = [DummySpeechTokenizer().spec, DummyMotionTokenizer().body_spec, DummyMotionTokenizer().hands_spec]
    return Vocabulary(train_text_tokenizer(LINES * 3, size=300), [*specs, PlacementTokenizer().spec])


@pytest.fixture
def stage(vocabulary: Vocabulary) -> Stage:
    """Eight slots; replies of three clauses with four beats each."""
    clock = Clock()
    engine = CostlyEngine(vocabulary, clock, slots=8, beats=4)
    models = Models(DummySpeechTokenizer(), DummyMotionTokenizer(), PlacementTokenizer(), vocabulary, engine)
    persona = Persona(name="ada", title="test", text="You are Ada.", voice="ada")
    voice = Voice("ada", np.eye(8, dtype=np.float32)[0])
    return Stage(PipelineBackend("test", models, {"ada": (persona, voice)}), engine, clock)

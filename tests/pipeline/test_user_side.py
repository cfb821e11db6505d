"""The user's side of a session."""

import numpy as np
import pytest

from solami.errors import InputError
from solami.llm.context import Context
from solami.llm.scripted_engine import ScriptedEngine
from solami.llm.turn_ends import TurnEnds
from solami.llm.vocabulary import Vocabulary
from solami.pipeline.models import Models
from solami.pipeline.user_side import UserSide
from solami.tokenizers.dummy_motion import DummyMotionTokenizer
from solami.tokenizers.dummy_speech import DummySpeechTokenizer
from solami.tokenizers.placement import PlacementTokenizer
from solami.training.text_tokenizer import train_text_tokenizer

SPEECH, MOTION, PLACEMENT = DummySpeechTokenizer(), DummyMotionTokenizer(), PlacementTokenizer()
SPECS = [SPEECH.spec, MOTION.body_spec, MOTION.hands_spec, PLACEMENT.spec]
VOCABULARY = Vocabulary(train_text_tokenizer(["Hello there."] * 3, size=300), SPECS)
SAMPLES = np.random.default_rng(0).normal(0, 0.2, 9000).astype(np.float32)


class RowEngine(ScriptedEngine):
    """Keeps a row of one number: how many ids there are."""

    def row(self, slot: int) -> np.ndarray:
        """As many."""
        return np.asarray([self.position(slot)], np.float32)


def build(turn_ends: TurnEnds | None = None) -> tuple[UserSide, RowEngine]:
    """A session of a user."""
    engine = RowEngine(VOCABULARY, slots=1)
    models = Models(SPEECH, MOTION, PLACEMENT, VOCABULARY, engine, turn_ends=turn_ends)
    return UserSide(models, Context(engine, [1, 2], 0), None), engine


def test_the_unit_reads_the_row_behind_the_turn() -> None:
    """The probability is that of the slot with the whole turn in it, filled up to a beat."""
    user, engine = build(TurnEnds(np.asarray([0.01], np.float32), -0.1, ""))
    user.begin(speech=True, body=False, placement=None)
    user.push_audio(SAMPLES)
    probability = user.pause(None)
    assert probability == pytest.approx(1 / (1 + np.exp(0.1 - 0.01 * engine.position(1))))
    assert user.is_ready
    user.reopen()
    assert (user.is_open, user.is_ready, user.turns) == (True, False, 0)


def test_typed_words_are_never_judged() -> None:
    """A turn without a voice has no probability, and neither has a model without the unit."""
    user, _ = build(TurnEnds(np.asarray([0.01], np.float32), -0.1, ""))
    user.begin(speech=False, body=False, placement=None)
    user.push_text("Hello")
    assert user.pause(None) is None
    plain, _ = build()
    plain.begin(speech=True, body=False, placement=None)
    plain.push_audio(SAMPLES)
    assert plain.pause(None) is None


def test_nothing_is_reopened_twice() -> None:
    """A turn that was not paused, or was reopened already, cannot be reopened."""
    user, _ = build()
    user.begin(speech=True, body=False, placement=None)
    user.pause(None)
    user.reopen()
    with pytest.raises(InputError, match="no turn was paused"):
        user.reopen()

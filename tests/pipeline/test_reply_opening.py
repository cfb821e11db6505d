"""Replies as they are opened; what they give is tested in test_reply, what becomes of them in test_conversation."""

import numpy as np

from solami.llm.context import Context
from solami.llm.scripted_engine import ScriptedEngine
from solami.llm.turns import BEAT_SECONDS
from solami.llm.vocabulary import Vocabulary
from solami.personas import SamplingConfig
from solami.pipeline.models import Models
from solami.pipeline.reply_opening import ReplyLengths, ReplyOpening
from solami.pipeline.session_body import SessionBody
from solami.pipeline.user_side import UserSide
from solami.tokenizers.base import Voice
from solami.tokenizers.dummy_motion import DummyMotionTokenizer
from solami.tokenizers.dummy_speech import DummySpeechTokenizer
from solami.tokenizers.placement import PlacementTokenizer
from solami.training.text_tokenizer import train_text_tokenizer

SPEECH, MOTION, PLACEMENT = DummySpeechTokenizer(), DummyMotionTokenizer(), PlacementTokenizer()
SPECS = [SPEECH.spec, MOTION.body_spec, MOTION.hands_spec, PLACEMENT.spec]
VOCABULARY = Vocabulary(train_text_tokenizer(["Hello there, my friend."] * 3, size=300), SPECS)
VOICE = Voice("any", np.eye(8, dtype=np.float32)[0])


class Stage:
    """A session whose user has typed something, and the opening of its replies."""

    def __init__(self) -> None:
        models = Models(SPEECH, MOTION, PLACEMENT, VOCABULARY, ScriptedEngine(VOCABULARY, slots=1, beats=50))
        self.context = Context(models.engine, [1, 2], 0)
        self.user = UserSide(models, self.context, None)
        self.opening = ReplyOpening(models, SamplingConfig(), VOICE, self.context, None)
        self.body = SessionBody(models, 0)
        self.user.begin(speech=False, body=False, placement=None)
        self.user.push_text("Hello")
        self.user.end()


def test_the_users_turn_is_closed_and_the_characters_open() -> None:
    """Behind the opening stands the character's header, and nothing waits for a reply any more."""
    stage = Stage()
    stage.opening.open(stage.user, stage.body, 0, ReplyLengths())
    assert not stage.user.is_ready and stage.context.length == 3  # <agent> and its two flags
    assert stage.context.number == 1


def test_a_reply_is_as_long_as_it_may_be() -> None:
    """The most seconds are whole beats of the reply, and the least are waited for."""
    stage = Stage()
    reply = stage.opening.open(stage.user, stage.body, 0, ReplyLengths(max_seconds=2 * BEAT_SECONDS))
    list(reply.run())
    assert len(reply.marks) == 1 + 2


def test_a_first_clause_may_be_told_to_be_short() -> None:
    """With one word allowed, codes follow the first word."""
    stage = Stage()
    reply = stage.opening.open(stage.user, stage.body, 0, ReplyLengths(first_clause_tokens=1))
    list(reply.run())
    is_text = [token_id in VOCABULARY.text_span for token_id in reply.ids]
    assert is_text[:3] == [False, True, False]

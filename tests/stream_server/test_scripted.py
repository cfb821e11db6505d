"""The backend without a model."""

import numpy as np
import pytest

from solami.errors import ConfigError, EngineError
from solami.frames import AudioChunk, MotionChunk, ReplyDone
from solami.stream_server.scripted import ScriptedBackend


def test_a_reply_is_gapless_and_deterministic() -> None:
    """Sound and poses of a reply follow each other, and the same input gives the same ids."""
    ids = []
    for _ in range(2):
        conversation = ScriptedBackend(beats=2).open("ada", 0)
        conversation.begin_turn(speech=True, body=False)
        conversation.push_audio(np.ones(160, np.float32))
        conversation.end_turn()
        items = list(conversation.reply(seed=1))
        assert [i.start_sample for i in items if isinstance(i, AudioChunk)] == [0, 6400]
        assert [i.start_sample for i in items if isinstance(i, MotionChunk)] == [0, 6400]
        assert isinstance(items[-1], ReplyDone)
        ids.append(items[-1].token_ids)
    assert ids[0] == ids[1]


def test_it_refuses_what_the_pipeline_refuses() -> None:
    """Unknown personas and input outside a turn are errors."""
    with pytest.raises(ConfigError):
        ScriptedBackend().open("nobody", 0)
    with pytest.raises(EngineError):
        ScriptedBackend().open("ada", 0).push_text("hi")

"""A body through replies and idling."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from solami.pipeline.living_body import LivingBody, Shown
from solami.pipeline.performance import Mark
from solami.pipeline.session_body import SessionBody
from solami.tokenizers.dummy_motion import DummyMotionTokenizer
from solami.tokenizers.idle import IdleModel

MOTION = DummyMotionTokenizer()


@pytest.fixture
def models() -> Any:
    """As much of them as a body needs."""
    torch.manual_seed(0)
    idle = IdleModel.fresh(MOTION, table_width=4, state_width=8)
    return SimpleNamespace(motion=MOTION, idle=idle)


def test_without_an_idle_model_it_stands_still(models: Any) -> None:
    """There are no poses between replies, and that is no error."""
    models.idle = None
    assert SessionBody(models, 0).idle(None, listening=True, paused=False) is None


def test_what_was_idled_since_a_reply_is_not_taken_back(models: Any) -> None:
    """A cut goes back to the mark and the pose that was seen; once the body has idled on, it does not."""
    kept = Mark(6400, 20, LivingBody(MOTION.decoder(), 0))
    pose = Shown(np.tile([0.0, 0.0, 0.0, 1.0], (55, 1)), np.asarray([0.0, 1.0, 0.0]))
    reply: Any = SimpleNamespace(last_shown=None, has_moved=True, shown_at=lambda sample: pose)
    body = SessionBody(models, 0)
    body.begin_reply()
    body.cut(reply, kept, 3200)
    assert body.now is kept.body
    assert body.now._shown is pose
    body.begin_reply()
    body.idle(reply, listening=False, paused=False)
    idled = body.now
    body.cut(reply, replace(kept, body=LivingBody(MOTION.decoder(), 0)), 3200)
    assert body.now is idled


def test_a_reply_that_has_not_moved_stands_where_the_body_idled_to(models: Any) -> None:
    """It is handed the body after every idle beat."""
    stood: list[LivingBody] = []
    reply: Any = SimpleNamespace(last_shown=None, has_moved=False, stand=stood.append)
    body = SessionBody(models, 0)
    body.begin_reply()
    for _ in range(2):
        body.idle(reply, listening=True, paused=True)
        assert stood[-1] is body.now
    assert len(stood) == 2

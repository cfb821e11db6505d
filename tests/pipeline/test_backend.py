"""Loaded models as the server sees them."""

from dataclasses import replace

import pytest

from solami.build import build_backend
from solami.config import load_serve_config
from solami.errors import CapacityError, ConfigError
from solami.llm.drawing import draw
from solami.outside.ports import Bell
from solami.pipeline.backend import PipelineBackend
from solami.tokenizers.modules.motion_vq import MotionNetConfig
from solami.tokenizers.motion import MotionTokenizerConfig, VQMotionTokenizer


@pytest.fixture(scope="module")
def backend() -> PipelineBackend:
    """One slot, no weights."""
    built = build_backend(load_serve_config("debug", ["server.max_sessions=1"]))
    assert isinstance(built, PipelineBackend)
    return built


def test_an_unknown_persona_is_answered_with_those_there_are(backend: PipelineBackend) -> None:
    """Opening a conversation with nobody is a ConfigError that lists the cast."""
    with pytest.raises(ConfigError, match="ada, brandt"):
        backend.open("nobody", 0)
    assert [card.name for card in backend.personas()] == sorted(backend.cast)


def test_warming_up_leaves_nothing_behind(backend: PipelineBackend) -> None:
    """After a warm-up every slot is free."""
    backend.warm_up("ada")
    conversation = backend.open("ada", 0)
    with pytest.raises(CapacityError):
        backend.open("ada", 0)
    conversation.close()


def test_replies_are_drawn_for_together(backend: PipelineBackend) -> None:
    """What a reply wants is drawn by the backend as it is by the context, whatever the seed of others."""
    ids = []
    for drawer in (backend.draw, draw):
        conversation = backend.open("ada", 0)
        conversation.begin_turn(speech=False, body=False)
        conversation.push_text("Hello")
        conversation.end_turn()
        reply = conversation.begin_reply(seed=3)
        while not reply.is_done and len(reply.ids) < 40:
            wanted = reply.wanted()
            assert wanted is not None
            reply.take(drawer([wanted])[0])
        ids.append(reply.ids)
        conversation.close()
    assert ids[0] == ids[1]


def test_only_trained_motion_has_books_to_hand_out(backend: PipelineBackend) -> None:
    """Dummy motion has no codes for clients; a tokenizer's books are body's, hands' and their rate."""
    assert backend.motion_books() is None
    net = MotionNetConfig(codebook_size=8, latent_dim=4, width=8, refine_width=4, dilations=(1,))
    motion = VQMotionTokenizer.fresh(MotionTokenizerConfig(body=net, hands=net))
    models = replace(backend.models, motion=motion)
    assert PipelineBackend("m", models, backend.cast).motion_books() == (1, 1, 7.5)


def test_news_ring_the_bell(backend: PipelineBackend) -> None:
    """Whoever waits for words from outside is woken."""
    bell, rings = Bell(), list[int]()
    PipelineBackend("m", backend.models, backend.cast, bell).call_on_news(lambda: rings.append(1))
    bell.ring()
    assert rings == [1]

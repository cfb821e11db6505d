"""Pauses that end a turn."""

import pytest

from solami.stream_server.endpointing import TENTATIVE_MS, pauses_of
from solami.stream_server.settings import SemanticTurnDetection, TurnDetection


def test_server_vad_waits_its_silence_whatever_the_model_thinks() -> None:
    """Only the duration counts."""
    pauses = pauses_of(TurnDetection(silence_duration_ms=400))
    assert not pauses.ends(399.0, 1.0)
    assert pauses.ends(400.0, None)
    assert pauses.ends(400.0, 0.0)


@pytest.mark.parametrize("eagerness", ["low", "medium", "high", "auto"])
def test_semantic_vad_takes_a_short_pause_where_the_model_is_sure(eagerness: str) -> None:
    """A sure model ends the turn at the short pause, an unsure or silent one at the long pause."""
    pauses = pauses_of(SemanticTurnDetection.model_validate({"type": "semantic_vad", "eagerness": eagerness}))
    assert TENTATIVE_MS <= pauses.short_ms < pauses.long_ms
    assert pauses.ends(pauses.short_ms, pauses.sure)
    assert not pauses.ends(pauses.short_ms, pauses.sure - 0.01)
    assert not pauses.ends(pauses.long_ms - 1, None)
    assert pauses.ends(pauses.long_ms, 0.0)


def test_eagerness_orders_the_pauses() -> None:
    """The more eager, the shorter; auto is medium, as in OpenAI's protocol."""
    low, medium, high, auto = (
        pauses_of(SemanticTurnDetection.model_validate({"type": "semantic_vad", "eagerness": name}))
        for name in ("low", "medium", "high", "auto")
    )
    assert low.long_ms > medium.long_ms > high.long_ms
    assert low.sure > medium.sure > high.sure
    assert auto == medium

"""What client and server agree on."""

import pytest

from solami.errors import ProtocolError
from solami.stream_server.negotiation import MotionBooks, Negotiation
from solami.stream_server.settings import SessionPatch, SessionSettings


def build(books: MotionBooks | None = None) -> Negotiation:
    """A fresh session's."""
    return Negotiation(SessionSettings(), "scripted", 30.0, books)


def test_updates_on_their_way_add_up() -> None:
    """A second update keeps what the first asked for, and nothing holds before it is confirmed."""
    agreed = build()
    agreed.request(SessionPatch(seed=3), ["voice"])
    both = agreed.request(SessionPatch(media="binary"), ["voice", "speed"])
    assert (both.seed, both.media) == (3, "binary")
    assert agreed.session("s")["seed"] == 0
    assert agreed.confirm(both) == ["speed", "voice"]
    assert agreed.session("s")["seed"] == 3
    assert agreed.confirm(both) == []


def test_what_was_refused_is_forgotten() -> None:
    """After a refusal the next update starts from what holds."""
    agreed = build()
    agreed.request(SessionPatch(persona="nobody"), ["voice"])
    agreed.refuse()
    assert agreed.confirm(agreed.request(SessionPatch(seed=1), [])) == []
    assert (agreed.settings.persona, agreed.settings.seed) == ("ada", 1)


def test_codes_are_asked_for_where_there_are_some() -> None:
    """A model whose motion has codes offers them and says how they lie; another refuses at once and offers none."""
    with pytest.raises(ProtocolError, match="no codes"):
        build().request(SessionPatch(output_motion="codes"), [])
    assert "motion_codes" not in build().greeting()["protocol"]["capabilities"]
    agreed = build((2, 1, 7.5))
    assert agreed.request(SessionPatch(output_motion="codes"), []).output_motion == "codes"
    greeting = agreed.greeting()
    assert "motion_codes" in greeting["protocol"]["capabilities"]
    assert greeting["streams"]["motion_codes"]["body_books"] == 2

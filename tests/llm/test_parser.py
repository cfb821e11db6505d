"""The parser reports each thing as soon as its last id has come."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solami.errors import InputError
from solami.frames import Codes, TextDelta
from solami.llm.parser import (
    AgentParser,
    ClauseStart,
    Event,
    MotionReady,
    PlacementReady,
    SpeechReady,
    TurnEnd,
    parse_agent,
)
from solami.llm.template import render_turn
from solami.llm.turns import AgentTurn, Beat, Clause, Heard, Saw
from solami.llm.vocabulary import Vocabulary

PLACE = Codes("placement", np.array([[1], [2], [3]], np.int32), 0.0)
BEAT = Beat(np.full((2, 3), 5, np.int32), np.ones((1, 3), np.int32), np.full((1, 10), 2, np.int32))
TURN = AgentTurn(
    True, True, (Clause("Hello", PLACE, (BEAT,), "nods"), Heard("Tom"), Saw("waves"), Clause("good", PLACE, (BEAT,)))
)


def events_of(vocabulary: Vocabulary, turn: AgentTurn) -> list[Event]:
    """All events of a turn."""
    parser = AgentParser(vocabulary)
    return [event for i in render_turn(vocabulary, turn).ids[1 + turn.speech + turn.body :] for event in parser.push(i)]


def texts(events: list[Event], kind: str) -> str:
    """The joined text of one kind."""
    return "".join(e.text for e in events if isinstance(e, TextDelta) and e.kind == kind)


def test_events_come_in_the_order_of_the_stream(vocabulary: Vocabulary) -> None:
    """Clause, place, motion before speech, captions, end; text joins with single spaces."""
    events = events_of(vocabulary, TURN)
    clause = [ClauseStart, PlacementReady, MotionReady, SpeechReady]
    assert [type(e) for e in events if not isinstance(e, TextDelta)] == [*clause, *clause, TurnEnd]
    assert (texts(events, "said"), texts(events, "heard"), texts(events, "saw")) == ("Hello good", "Tom", "waves")
    kinds = [event.kind if isinstance(event, TextDelta) else type(event) for event in events]
    assert texts(events, "does") == "nods" and kinds.index("said") < kinds.index("does") < kinds.index(PlacementReady)


def test_a_beat_is_reported_with_its_last_id(vocabulary: Vocabulary) -> None:
    """Motion comes with the last hand code and speech with the last speech code, holding the codes rendered."""
    parser = AgentParser(vocabulary)
    ids = render_turn(vocabulary, TURN).ids[3:]
    for n, token_id in enumerate(ids):
        for event in parser.push(token_id):
            if isinstance(event, MotionReady):
                assert ids[n + 1] in vocabulary.span("speech") and token_id in vocabulary.span("hands")
                assert BEAT.body is not None and np.array_equal(event.body.values, BEAT.body)
            if isinstance(event, SpeechReady):
                assert token_id in vocabulary.span("speech") and ids[n + 1] not in vocabulary.span("speech")
                assert BEAT.speech is not None and np.array_equal(event.codes.values, BEAT.speech)


@given(st.text(min_size=1, max_size=12))
def test_text_pieces_are_valid_and_complete(vocabulary: Vocabulary, text: str) -> None:
    """Whatever the bytes of a token are, pieces are whole characters that join to the text."""
    parser = AgentParser(vocabulary)
    pieces = [*parser.push(vocabulary.special("<say>"))]
    for token_id in vocabulary.encode_text(text):
        pieces += parser.push(token_id)
    pieces += parser.push(vocabulary.special("<end>"))
    assert texts(pieces, "said") == text


def test_a_broken_character_becomes_a_replacement(vocabulary: Vocabulary) -> None:
    """A clause that ends inside a character ends with U+FFFD."""
    parser = AgentParser(vocabulary)
    first_byte = vocabulary.encode_text("🙂")[0]
    events = parser.push(vocabulary.special("<say>")) + parser.push(first_byte)
    assert texts(events, "said") == ""
    assert texts(parser.push(vocabulary.special("<end>")), "said") == "\ufffd"


def test_half_a_turn_is_refused(vocabulary: Vocabulary) -> None:
    """Reading a turn needs its header and its end."""
    ids = render_turn(vocabulary, TURN).ids
    for broken in ([], ids[1:], ids[:-1]):
        with pytest.raises(InputError, match="from <agent> to <end>"):
            parse_agent(vocabulary, broken)

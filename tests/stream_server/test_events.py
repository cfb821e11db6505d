"""The JSON events of the client, against the golden vectors and against noise."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solami.errors import ProtocolError
from solami.stream_server.events import CLIENT_EVENT_TYPES, event_id_of, parse_client_event

VECTORS = json.loads((Path(__file__).parents[1] / "vectors/protocol/client_events.json").read_text())["vectors"]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_golden_vectors(vector: dict[str, Any]) -> None:
    """Every golden text reads as its meaning or is refused with its code."""
    if "error" in vector:
        with pytest.raises(ProtocolError) as caught:
            parse_client_event(vector["text"])
        assert caught.value.code == vector["error"]
    else:
        assert parse_client_event(vector["text"]).model_dump(mode="json", exclude_unset=True) == vector["meaning"]


def test_every_event_has_a_vector() -> None:
    """No client event is without a golden example."""
    assert {json.loads(v["text"])["type"] for v in VECTORS if "meaning" in v} == set(CLIENT_EVENT_TYPES)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60) | st.recursive(st.none() | st.text(max_size=5), st.lists, max_leaves=5).map(json.dumps))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No text from a client raises anything but ProtocolError."""
    event_id_of(text)
    with pytest.raises(ProtocolError):
        parse_client_event(text)


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(CLIENT_EVENT_TYPES), st.dictionaries(st.text(max_size=8), st.integers(), min_size=1, max_size=2))
def test_unknown_keys_are_refused(kind: str, extra: dict[str, int]) -> None:
    """A key that the event does not have is an error, not noise."""
    with pytest.raises(ProtocolError):
        parse_client_event(json.dumps({"type": kind} | {f"x{key}": value for key, value in extra.items()}))

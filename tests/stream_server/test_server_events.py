"""The JSON form of the server's events; the golden vectors of all of them are in test_session."""

import json

import pytest

from solami.stream_server.server_events import error_body, server_event


def test_what_is_none_is_left_out() -> None:
    """An event is one line of JSON with its fields in order, text as it is and nothing for None."""
    text = server_event("x.y", "event_1", a="Grüß", b=None, c=[None])
    assert text == '{"type":"x.y","event_id":"event_1","a":"Grüß","c":[null]}'
    assert json.loads(text)["c"] == [None]


@pytest.mark.parametrize(
    ("code", "kind"), [("invalid_json", "invalid_request_error"), ("worker_restarted", "server_error")]
)
def test_errors_say_whose_they_are(code: str, kind: str) -> None:
    """What the client can mend is an invalid request; its event_id is there, null if it gave none."""
    assert error_body(code, "A sentence.", retry_after_s=None) == {
        "type": kind,
        "code": code,
        "message": "A sentence.",
        "event_id": None,
    }

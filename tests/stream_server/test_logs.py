"""Log lines."""

import json
import logging

import pytest

from solami.stream_server.logs import configure_logs, session_id


def test_json_lines_name_their_session(capsys: pytest.CaptureFixture[str]) -> None:
    """A line is one JSON object with the session it belongs to, a failure's traceback included."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    configure_logs("json", logging.DEBUG)
    token = session_id.set("sess_7")
    try:
        logging.getLogger("solami.test").info("served in %d ms", 12)
        try:
            raise ValueError("broken")
        except ValueError:
            logging.getLogger("solami.test").exception("failed")
    finally:
        session_id.reset(token)
        for handler in root.handlers[:]:
            root.removeHandler(handler)
        for handler in handlers:
            root.addHandler(handler)
        root.setLevel(level)
    assert logging.getLogger("websockets.server").getEffectiveLevel() >= logging.INFO
    first, second = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert (first["session"], first["level"], first["message"]) == ("sess_7", "info", "served in 12 ms")
    assert "ValueError: broken" in second["traceback"]

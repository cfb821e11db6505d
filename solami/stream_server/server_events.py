"""The JSON form of the server's events: one object a line of text, without fields that are None."""

from __future__ import annotations

import json
from typing import Any

_OUR_FAULTS = frozenset({"internal_error", "not_ready", "session_limit_reached", "worker_restarted"})


def server_event(kind: str, event_id: str, **fields: Any) -> str:
    """One JSON event to the client; fields that are None are left out."""
    body = {name: value for name, value in fields.items() if value is not None}
    return json.dumps({"type": kind, "event_id": event_id, **body}, ensure_ascii=False, separators=(",", ":"))


def error_body(code: str, message: str, client_event_id: str | None = None, **fields: Any) -> dict[str, Any]:
    """The `error` object of an error event; its `event_id`, the client's, is there even where it is None."""
    kind = "server_error" if code in _OUR_FAULTS else "invalid_request_error"
    body = {"type": kind, "code": code, "message": message, "event_id": client_event_id, **fields}
    return {name: value for name, value in body.items() if value is not None or name == "event_id"}

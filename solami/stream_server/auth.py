"""Who may open a session: the key in a header or a subprotocol, and the page it comes from."""

from __future__ import annotations

import hmac
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from solami.stream_server.config import ServerConfig, is_loopback
from solami.stream_server.protocol import KEY_SUBPROTOCOL_PREFIX, SUBPROTOCOL

_OPENAI_PREFIX = "openai-insecure-api-key."


def offered_subprotocols(headers: Headers) -> list[str]:
    """The subprotocols a client offers, in order."""
    return [name.strip() for name in headers.get("sec-websocket-protocol", "").split(",") if name.strip()]


def chosen_subprotocol(headers: Headers) -> str | None:
    """The one to answer with: never the one that holds the key."""
    offered = offered_subprotocols(headers)
    return next((name for name in (SUBPROTOCOL, "realtime") if name in offered), None)


def key_index(headers: Headers, config: ServerConfig) -> int | None:
    """Which of the server's keys the request carries; 0 where none is needed, None for a wrong one or none."""
    known = config.keys
    if not known:
        return 0
    scheme, _, token = headers.get("authorization", "").partition(" ")
    given = [token] if scheme.lower() == "bearer" else []
    for prefix in (KEY_SUBPROTOCOL_PREFIX, _OPENAI_PREFIX):
        given += [name[len(prefix) :] for name in offered_subprotocols(headers) if name.startswith(prefix)]
    found: int | None = None
    for key in given:
        for index, expected in enumerate(known):  # all are compared, so that time tells nothing
            if hmac.compare_digest(key.encode(), expected.encode()):
                found = index
    return found


def has_allowed_origin(headers: Headers, config: ServerConfig) -> bool:
    """Whether the page that opens the socket may: native clients send no origin."""
    origin = headers.get("origin")
    if origin is None or origin in config.allowed_origins:
        return True
    try:
        host = urlsplit(origin).hostname or ""
    except ValueError:  # as of "http://["
        return False
    own = headers.get("host", "").rsplit(":", 1)[0].strip("[]")
    return host == own or is_loopback(host)

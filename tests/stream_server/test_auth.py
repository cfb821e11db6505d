"""Keys and origins."""

import pytest
from pydantic import ValidationError
from starlette.datastructures import Headers

from solami.stream_server.auth import chosen_subprotocol, has_allowed_origin, key_index
from solami.stream_server.config import ServerConfig

CONFIG = ServerConfig.model_validate({"host": "0.0.0.0", "api_key": "k3y", "allowed_origins": ["https://a.example"]})


@pytest.mark.parametrize(
    ("headers", "is_valid"),
    [
        ({"authorization": "Bearer k3y"}, True),
        ({"sec-websocket-protocol": "solami.v1, solami-key.k3y"}, True),
        ({"sec-websocket-protocol": "realtime, openai-insecure-api-key.k3y"}, True),
        ({"authorization": "Bearer other"}, False),
        ({"authorization": "Basic k3y"}, False),
        ({}, False),
    ],
)
def test_the_key_comes_as_header_or_subprotocol(headers: dict[str, str], is_valid: bool) -> None:
    """A bearer token or a subprotocol carries the key; anything else does not."""
    assert (key_index(Headers(headers), CONFIG) == 0) is is_valid


@pytest.mark.parametrize(
    ("origin", "is_allowed"),
    [
        (None, True),
        ("https://a.example", True),
        ("http://localhost:5173", True),
        ("https://me.example", True),
        ("https://evil.example", False),
        ("null", False),
    ],
)
def test_foreign_pages_are_refused(origin: str | None, is_allowed: bool) -> None:
    """Native clients, listed pages, loopback and the server's own host may connect."""
    headers = {"host": "me.example:8800"} | ({"origin": origin} if origin else {})
    assert has_allowed_origin(Headers(headers), CONFIG) is is_allowed


def test_the_key_is_never_echoed() -> None:
    """The chosen subprotocol is the protocol's own name."""
    assert chosen_subprotocol(Headers({"sec-websocket-protocol": "solami-key.k3y, solami.v1"})) == "solami.v1"
    assert chosen_subprotocol(Headers({"sec-websocket-protocol": "solami-key.k3y"})) is None


def test_an_open_address_needs_a_key() -> None:
    """Binding anything but loopback without a key is a configuration error."""
    with pytest.raises(ValidationError, match="api_key is required"):
        ServerConfig.model_validate({"host": "0.0.0.0"})
    assert ServerConfig.model_validate({"host": "::1"}).api_key is None


def test_every_key_is_known_by_its_place() -> None:
    """Further keys open the server too; which one it was decides whose sessions they are."""
    config = ServerConfig.model_validate({"api_key": "first", "api_keys": ["second", "third"]})
    found = [key_index(Headers({"authorization": f"Bearer {key}"}), config) for key in ("first", "third", "fourth")]
    assert found == [0, 2, None]
    assert key_index(Headers({}), ServerConfig()) == 0

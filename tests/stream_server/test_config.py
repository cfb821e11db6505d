"""The server's configuration."""

import pytest

from solami.stream_server.config import ServerConfig, is_loopback


@pytest.mark.parametrize(
    ("host", "expected"),
    [("127.0.0.1", True), ("::1", True), ("localhost", True), ("0.0.0.0", False), ("me.example", False)],
)
def test_loopback_is_recognised(host: str, expected: bool) -> None:
    """Only addresses that other machines cannot reach count."""
    assert is_loopback(host) is expected


def test_the_key_is_not_printed() -> None:
    """A configuration shows that there is a key, not which."""
    assert "k3y" not in repr(ServerConfig.model_validate({"api_key": "k3y"}))

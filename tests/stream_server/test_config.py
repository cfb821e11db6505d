"""The server's configuration."""

from pathlib import Path

import pytest
from pydantic import ValidationError

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


def test_keys_and_certificates_are_whole() -> None:
    """An open address needs a key of any kind, and a certificate its key."""
    assert ServerConfig.model_validate({"host": "0.0.0.0", "api_keys": ["k3y"]}).keys == ("k3y",)
    with pytest.raises(ValidationError, match="api_key is required"):
        ServerConfig(host="0.0.0.0")
    with pytest.raises(ValidationError, match="belong together"):
        ServerConfig(tls_key=Path("key.pem"))

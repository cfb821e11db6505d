"""The server's own configuration; which model it serves is decided above it."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, model_validator

from solami.stream_server.pacing import Pacing
from solami.stream_server.settings import SessionSettings
from solami.strict import Strict


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server bound to `host`."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class ServerConfig(Strict):
    """Address, limits and the settings a session starts with."""

    host: str = Field("127.0.0.1", description="address to bind")
    port: int = Field(8800, ge=0, le=65535, description="port to bind; 0 takes a free one")
    api_key: SecretStr | None = Field(None, description="required unless bound to loopback; use ${SOLAMI_API_KEY}")
    api_keys: tuple[SecretStr, ...] = Field((), description="further keys, one a client")
    max_sessions_per_key: int | None = Field(None, ge=1, description="sessions that one key may have at once")
    tls_certificate: Path | None = Field(None, description="PEM file; with tls_key the server speaks https and wss")
    tls_key: Path | None = Field(None, description="PEM file of the certificate's private key")
    allowed_origins: tuple[str, ...] = Field((), description="browser origins besides the server's own and loopback")
    max_sessions: int = Field(4, ge=1, description="sessions served at once")
    retry_after_s: float = Field(5.0, gt=0, description="told to a client that is refused for lack of room")
    send_timeout_s: float = Field(10.0, gt=0, description="a client that takes nothing for this long is dropped")
    idle_timeout_s: float = Field(300.0, gt=0, description="a client that sends nothing for this long is closed")
    max_session_s: float | None = Field(None, gt=0, description="a session is closed after this long; null: never")
    max_messages_per_s: float = Field(500.0, gt=0, description="a client that sends more is read more slowly")
    drain_s: float = Field(20.0, ge=0, description="a server that is told to stop lets replies end for so long")
    stuck_s: float = Field(10.0, gt=0, description="a compute thread that works so long on one piece is stuck")
    log_format: Literal["text", "json"] = Field("text", description="form of log lines; no content is ever logged")
    resume_s: float = Field(60.0, ge=0, le=600, description="a session waits this long for a client that was cut off")
    resume_bytes: int = Field(16 << 20, ge=1 << 16, description="messages kept for a client that comes back; a session")
    web_root: Path | None = Field(None, description="folder of the built web client, served at /; null: none")
    pacing: Pacing = Field(Pacing(), description="how far ahead replies are generated, and who is admitted")
    session: SessionSettings = Field(SessionSettings(), description="settings before the client's session.update")

    @model_validator(mode="after")
    def _needs_key(self) -> ServerConfig:
        if not self.keys and not is_loopback(self.host):
            raise ValueError(f"api_key is required when host is {self.host!r}; bind 127.0.0.1 or set a key")
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ValueError("tls_certificate and tls_key belong together; set both or none")
        return self

    @property
    def scheme(self) -> str:
        """Of the realtime address."""
        return "ws" if self.tls_certificate is None else "wss"

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key that opens the server; none where everybody may."""
        given = self.api_keys if self.api_key is None else (self.api_key, *self.api_keys)
        return tuple(key.get_secret_value() for key in given)

"""The server's own configuration; which model it serves is decided above it."""

from __future__ import annotations

import ipaddress
from pathlib import Path

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
    allowed_origins: tuple[str, ...] = Field((), description="browser origins besides the server's own and loopback")
    max_sessions: int = Field(4, ge=1, description="sessions served at once")
    retry_after_s: float = Field(5.0, gt=0, description="told to a client that is refused for lack of room")
    send_timeout_s: float = Field(10.0, gt=0, description="a client that takes nothing for this long is dropped")
    idle_timeout_s: float = Field(300.0, gt=0, description="a client that sends nothing for this long is closed")
    resume_s: float = Field(60.0, ge=0, le=600, description="a session waits this long for a client that was cut off")
    resume_bytes: int = Field(16 << 20, ge=1 << 16, description="messages kept for a client that comes back; a session")
    web_root: Path | None = Field(None, description="folder of the built web client, served at /; null: none")
    pacing: Pacing = Field(Pacing(), description="how far ahead replies are generated, and who is admitted")
    session: SessionSettings = Field(SessionSettings(), description="settings before the client's session.update")

    @model_validator(mode="after")
    def _needs_key(self) -> ServerConfig:
        if self.api_key is None and not is_loopback(self.host):
            raise ValueError(f"api_key is required when host is {self.host!r}; bind 127.0.0.1 or set a key")
        return self

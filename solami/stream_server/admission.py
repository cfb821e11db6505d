"""Who is let in: checked before any model work, answered with a code and a sentence."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.datastructures import Headers, QueryParams

from solami.errors import CapacityError
from solami.stream_server.auth import has_allowed_origin, key_index
from solami.stream_server.config import ServerConfig
from solami.stream_server.protocol import PROTOCOL_VERSION, CloseCode
from solami.stream_server.worker import ComputeWorker

RESUME_FAILED = "This session, or what you lack of it, is gone; start a new one."


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a connection is not served."""

    close_code: CloseCode
    code: str
    message: str


def refusal_of_stranger(headers: Headers, query: QueryParams, config: ServerConfig) -> Refusal | None:
    """Origin, key and version of the protocol."""
    if not has_allowed_origin(headers, config):
        return Refusal(CloseCode.POLICY, "origin_not_allowed", "This web page's origin may not connect.")
    if key_index(headers, config) is None:
        message = "Send the key as bearer token or subprotocol solami-key.<key>."
        return Refusal(CloseCode.POLICY, "invalid_api_key", message)
    version = query.get("protocol", PROTOCOL_VERSION)
    if version.partition(".")[0] != PROTOCOL_VERSION.partition(".")[0]:
        message = f"This server speaks protocol {PROTOCOL_VERSION}; got {version[:16]!r}."
        return Refusal(CloseCode.PROTOCOL, "unsupported_protocol", message)
    return None


def refusal_for_room(worker: ComputeWorker, config: ServerConfig, total: int, of_this_key: int) -> Refusal | None:
    """Sessions altogether, of this key, and what the measured speed allows."""

    def full(message: str) -> Refusal:
        return Refusal(CloseCode.TRY_AGAIN, "session_limit_reached", message)

    if total >= config.max_sessions:
        return full("All sessions are taken; try again later.")
    if config.max_sessions_per_key is not None and of_this_key >= config.max_sessions_per_key:
        return full(f"This key may have {config.max_sessions_per_key} sessions at once; close one.")
    try:
        worker.check_room()
    except CapacityError as error:
        return full(str(error))
    return None

"""The JSON half of the wire protocol: events from the client, checked, and events to the client, built.

Names follow OpenAI Realtime, general-availability edition (`response.output_audio.delta`, not the beta's
`response.audio.delta`); ours are namespaced beside them. Sans-I/O: text in, values out.
"""

from __future__ import annotations

import base64
import json
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, TypeAdapter, ValidationError

from solami.errors import ProtocolError
from solami.stream_server.settings import SessionPatch
from solami.strict import Strict


class ClientBase(Strict):
    """What every client event may carry."""

    event_id: str | None = Field(None, max_length=128)


class SessionUpdate(ClientBase):
    type: Literal["session.update"]
    session: SessionPatch


class AudioAppend(ClientBase):
    type: Literal["input_audio_buffer.append"]
    audio: str  # base64 PCM16

    def payload(self) -> bytes:
        """The audio bytes."""
        return _from_base64(self.audio, "audio")


class AudioCommit(ClientBase):
    type: Literal["input_audio_buffer.commit"]


class AudioClear(ClientBase):
    type: Literal["input_audio_buffer.clear"]


class MotionAppend(ClientBase):
    type: Literal["input_motion_buffer.append"]
    motion: str  # base64 poses

    def payload(self) -> bytes:
        """The pose bytes."""
        return _from_base64(self.motion, "motion")


class InputText(Strict):
    type: Literal["input_text"]
    text: str = Field(min_length=1, max_length=2000)


class UserMessage(Strict):
    type: Literal["message"] = "message"
    role: Literal["user"] = "user"
    content: Annotated[list[InputText], Field(min_length=1, max_length=8)]


class ItemCreate(ClientBase):
    type: Literal["conversation.item.create"]
    item: UserMessage


class ItemTruncate(ClientBase):
    type: Literal["conversation.item.truncate"]
    item_id: str
    content_index: int = 0
    audio_end_ms: float = Field(ge=0, le=3_600_000)


class ResponseCreate(ClientBase):
    type: Literal["response.create"]


class ResponseCancel(ClientBase):
    type: Literal["response.cancel"]
    response_id: str | None = None


class OutputPlayback(ClientBase):
    """Ours: how far the client has played the response, in output samples, and which messages it has."""

    type: Literal["output.playback"]
    response_id: str | None = None  # none: only `received` is told
    sample: int = Field(0, ge=0, lt=2**53)
    underruns: int = Field(0, ge=0)
    received: int | None = Field(None, ge=0, lt=2**53)  # messages of ours that the client has


ClientEvent = (
    SessionUpdate
    | AudioAppend
    | AudioCommit
    | AudioClear
    | MotionAppend
    | ItemCreate
    | ItemTruncate
    | ResponseCreate
    | ResponseCancel
    | OutputPlayback
)
_ADAPTER: TypeAdapter[ClientEvent] = TypeAdapter(Annotated[ClientEvent, Field(discriminator="type")])
CLIENT_EVENT_TYPES: tuple[str, ...] = tuple(
    get_args(event.model_fields["type"].annotation)[0] for event in get_args(ClientEvent)
)


def parse_client_event(text: str) -> ClientEvent:
    """Read one JSON event.

    Raises:
        ProtocolError: `invalid_json`, `unknown_event` or `invalid_event`, with one sentence for the client.
    """
    try:
        value = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ProtocolError("invalid_json", "A text message must be one JSON object.") from error
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        raise ProtocolError("invalid_event", "An event is a JSON object with a string `type`.")
    if value["type"] not in CLIENT_EVENT_TYPES:
        raise ProtocolError("unknown_event", f"Unknown event type {value['type'][:64]!r}; see docs/protocol.md.")
    try:
        return _ADAPTER.validate_python(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        path = ".".join(str(part) for part in first["loc"])
        raise ProtocolError("invalid_event", f"{path}: {first['msg']}.") from error


def event_id_of(text: str) -> str | None:
    """The client's own event_id, if the text holds one, to quote in an error."""
    try:
        value = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        return None
    found = value.get("event_id") if isinstance(value, dict) else None
    return found if isinstance(found, str) else None


def server_event(kind: str, event_id: str, **fields: Any) -> str:
    """One JSON event to the client; fields that are None are left out."""
    body = {name: value for name, value in fields.items() if value is not None}
    return json.dumps({"type": kind, "event_id": event_id, **body}, ensure_ascii=False, separators=(",", ":"))


def error_body(code: str, message: str, client_event_id: str | None = None, **fields: Any) -> dict[str, Any]:
    """The `error` object of an error event."""
    kind = "server_error" if code in ("internal_error", "session_limit_reached") else "invalid_request_error"
    body = {"type": kind, "code": code, "message": message, "event_id": client_event_id, **fields}
    return {name: value for name, value in body.items() if value is not None or name == "event_id"}


def to_base64(payload: bytes) -> str:
    """Bytes as base64 text."""
    return base64.b64encode(payload).decode("ascii")


def _from_base64(text: str, field: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:  # binascii's too; text beyond ASCII is one of its own
        raise ProtocolError("invalid_event", f"{field}: not valid base64.") from error

"""The JSON half of the wire protocol: the client's events, checked. Those of the server are built by `writer`.

Names follow OpenAI Realtime, general-availability edition (`response.output_audio.delta`, not the beta's
`response.audio.delta`); ours are namespaced beside them. Sans-I/O: text in, values out.
"""

from __future__ import annotations

import base64
import json
from typing import Annotated, Any, Literal, get_args

from pydantic import Field, TypeAdapter, ValidationError, field_validator, model_validator

from solami.errors import ProtocolError
from solami.stream_server.openai_session import check_response_params, translate
from solami.stream_server.settings import SessionPatch
from solami.strict import Strict


class ClientBase(Strict):
    """What every client event may carry."""

    event_id: str | None = Field(None, max_length=128)


class SessionUpdate(ClientBase):
    type: Literal["session.update"]
    session: SessionPatch
    ignored: tuple[str, ...] = ()  # settings of OpenAI's that change nothing here; never read from the client

    @model_validator(mode="before")
    @classmethod
    def _from_openai(cls, value: Any) -> Any:
        session = value.get("session") if isinstance(value, dict) else None
        if not isinstance(session, dict) or "ignored" in value:
            return value if not isinstance(value, dict) else {k: v for k, v in value.items() if k != "session"}
        fields, ignored = translate(session)
        return value | {"session": fields} | ({"ignored": tuple(ignored)} if ignored else {})


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
    text: str = Field(max_length=2000)

    @field_validator("text")
    @classmethod
    def _has_words(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("expected some words, got none")
        return value


class UserMessage(Strict):
    type: Literal["message"] = "message"
    role: Literal["user"] = "user"
    content: Annotated[list[InputText], Field(min_length=1, max_length=8)]
    id: str | None = Field(None, min_length=1, max_length=64)
    object: Literal["realtime.item"] | None = None
    status: Literal["completed", "incomplete", "in_progress"] | None = None


class ItemCreate(ClientBase):
    type: Literal["conversation.item.create"]
    item: UserMessage
    previous_item_id: str | None = None  # items are always appended


class ItemRetrieve(ClientBase):
    type: Literal["conversation.item.retrieve"]
    item_id: str = Field(max_length=64)


class ItemTruncate(ClientBase):
    type: Literal["conversation.item.truncate"]
    item_id: str
    content_index: int = 0
    audio_end_ms: float = Field(ge=0, le=3_600_000)


class ResponseCreate(ClientBase):
    type: Literal["response.create"]
    response: dict[str, Any] | None = None

    @field_validator("response")
    @classmethod
    def _changes_nothing(cls, value: dict[str, Any] | None) -> dict[str, Any] | None:
        check_response_params(value or {})
        return value


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
    | ItemRetrieve
    | ResponseCreate
    | ResponseCancel
    | OutputPlayback
)
_UNSUPPORTED = {
    "conversation.item.delete": "what was said cannot be unsaid; truncate the last response, or start a new session.",
    "output_audio_buffer.clear": "there is no buffer in the server; cancel the response and drop its audio.",
}
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
    if value["type"] in _UNSUPPORTED:
        raise ProtocolError("unsupported_event", f"{value['type']}: {_UNSUPPORTED[value['type']]}")
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


def to_base64(payload: bytes) -> str:
    """Bytes as base64 text."""
    return base64.b64encode(payload).decode("ascii")


def _from_base64(text: str, field: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError as error:  # binascii's too; text beyond ASCII is one of its own
        raise ProtocolError("invalid_event", f"{field}: not valid base64.") from error

"""Numbers a session's events and media frames and gives them their shape on the wire."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any, Literal

from solami.stream_server.events import to_base64
from solami.stream_server.outgoing import Outgoing
from solami.stream_server.outputs import IdlePoses, ReplyMotion
from solami.stream_server.protocol import MediaFrame, MediaType, pack_media
from solami.stream_server.response import Mark
from solami.stream_server.server_events import error_body, server_event
from solami.stream_server.settings import SessionSettings

_DELTAS = {
    MediaType.AUDIO: "response.output_audio.delta",
    MediaType.AGENT_MOTION: "response.motion.delta",
    MediaType.VISEMES: "response.viseme.delta",
    MediaType.MOTION_CODES: "response.motion_codes.delta",
}

_IDLE_DELTAS = {
    MediaType.AGENT_MOTION: "avatar.motion.delta",
    MediaType.MOTION_CODES: "avatar.motion_codes.delta",
    MediaType.USER_BODY: "user.motion.delta",
}


@dataclass(frozen=True, slots=True)
class Media:
    """Media for the client: what it is, where it belongs and where it starts."""

    kind: MediaType
    payload: bytes
    sample: int
    epoch: int = 0  # 0: of no response
    mark: Mark | None = None


class MessageWriter:
    """Makes one session's messages, in the order in which they are asked for."""

    def __init__(self) -> None:
        self.mode: Literal["binary", "base64"] = "base64"
        self._is_coded = False
        self._events = 0
        self._seq: Counter[MediaType] = Counter()

    def choose(self, settings: SessionSettings) -> None:
        """How the client wants its media from now on."""
        self.mode, self._is_coded = settings.media, settings.output_motion == "codes"

    def motion(self, output: ReplyMotion | IdlePoses) -> tuple[MediaType, bytes]:
        """Poses, or the codes that they were decoded from."""
        return (MediaType.MOTION_CODES, output.codes) if self._is_coded else (MediaType.AGENT_MOTION, output.poses)

    def event(self, kind: str, **fields: Any) -> Outgoing:
        """A JSON event; fields that are None are left out."""
        self._events += 1
        return Outgoing(server_event(kind, f"event_{self._events}", **fields))

    def error(self, code: str, message: str, client_event_id: str | None = None, **fields: Any) -> Outgoing:
        """An error event."""
        return self.event("error", error=error_body(code, message, client_event_id, **fields))

    def media(self, media: Media, ids: dict[str, Any]) -> Outgoing:
        """Media as a binary frame, or as the event that carries it in base64 with the response's ids."""
        if self.mode == "binary":
            seq = self._seq[media.kind]
            self._seq[media.kind] += 1
            return Outgoing(
                pack_media(MediaFrame(media.kind, media.payload, media.epoch, seq, media.sample)), media.mark
            )
        name = (_DELTAS if media.epoch else _IDLE_DELTAS)[media.kind]
        return Outgoing(self.event(name, **ids, delta=to_base64(media.payload), sample=media.sample).data, media.mark)

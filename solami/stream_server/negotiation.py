"""What client and server have agreed on: settings asked for, settings that hold, and the `session` object of both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from solami.errors import ProtocolError
from solami.stream_server.openai_session import shown
from solami.stream_server.settings import SessionPatch, SessionSettings, protocol_header, stream_headers

MotionBooks = tuple[int, int, float]  # body and hand codebooks, code frames a second


class Negotiation:
    """One session's. An update holds once the worker has confirmed it; several may be on their way."""

    def __init__(self, settings: SessionSettings, model: str, fps: float, books: MotionBooks | None) -> None:
        self.settings = settings  # that hold
        self.requested = settings  # with every update that is not confirmed yet
        self._ignored: set[str] = set()  # settings of OpenAI's in the last updates that change nothing here
        self._model, self._fps, self._books = model, fps, books

    def request(self, patch: SessionPatch, ignored: Sequence[str]) -> SessionSettings:
        """What the client asks for, as a whole. Raises ProtocolError `invalid_session` for what cannot be."""
        requested = self.requested.merged(patch)
        if requested.output_motion == "codes" and self._books is None:
            raise ProtocolError("invalid_session", "output_motion: this model's motion has no codes.")
        self.requested = requested
        self._ignored.update(ignored)
        return requested

    def confirm(self, settings: SessionSettings) -> list[str]:
        """These settings hold from now on; returns the names of what was asked for in vain."""
        self.settings = settings
        ignored, self._ignored = sorted(self._ignored), set()
        return ignored

    def refuse(self) -> None:
        """What was asked for cannot be: what holds stays."""
        self.requested, self._ignored = self.settings, set()

    def greeting(self) -> dict[str, Any]:
        """The fields of `session.created` that describe protocol and streams."""
        return {"protocol": protocol_header(self._books), "streams": stream_headers(self._fps, self._books)}

    def session(self, session_id: str) -> dict[str, Any]:
        """The `session` object: ours, and beside it OpenAI's."""
        settings = self.settings.model_dump()
        return {"id": session_id, "object": "realtime.session", "model": self._model, **shown(settings), **settings}

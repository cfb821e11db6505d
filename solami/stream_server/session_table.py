"""All sessions of the application: opened, found again by their token, moved to a new compute thread, drained."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import Any

from solami.stream_server.attachment import Ending
from solami.stream_server.compute import Compute
from solami.stream_server.config import ServerConfig
from solami.stream_server.hosting import HostedSession
from solami.stream_server.metrics import Metrics
from solami.stream_server.protocol import CloseCode
from solami.stream_server.settings import SessionSettings

logger = logging.getLogger(__name__)


class SessionTable:
    """Sessions by their resume token."""

    def __init__(self, compute: Compute, config: ServerConfig) -> None:
        self._compute, self._config = compute, config
        self._hosted: dict[str, HostedSession] = {}
        self.metrics = Metrics(lambda: len(self._hosted), self._num_waiting)
        self.is_draining = False
        compute.on_restart = self._move_all

    def __len__(self) -> int:
        return len(self._hosted)

    def of_key(self, key: int) -> int:
        """How many sessions were opened with this key."""
        return sum(hosted.key == key for hosted in self._hosted.values())

    def find(self, token: str, key: int) -> HostedSession | None:
        """The session of this token, for those who have its key."""
        hosted = self._hosted.get(token)
        return hosted if hosted is not None and hosted.key == key else None

    def open(self, settings: SessionSettings, key: int) -> HostedSession:
        """A new session."""
        hosted = HostedSession(self._compute.worker, self._config, settings, key)
        hosted.watch(self._reply_done, self.metrics.underruns.inc)
        self._hosted[hosted.token] = hosted
        logger.info("session %s begins, %d are open", hosted.id, len(self))
        hosted.over.add_done_callback(lambda _: self._hosted.pop(hosted.token))
        return hosted

    async def drain(self, limit_s: float) -> None:
        """Take no new sessions, let replies end for so long, then end all sessions."""
        self.is_draining = True
        logger.info("stopping; %d sessions have %g s to end their replies", len(self), limit_s)
        for hosted in self._hosted.values():
            hosted.tell_draining(limit_s)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(limit_s):
                await asyncio.gather(*(hosted.until_quiet() for hosted in self._hosted.values()))
        for hosted in list(self._hosted.values()):
            hosted.end(Ending(CloseCode.GOING_AWAY, "the server stops"))

    def _reply_done(self, response: dict[str, Any]) -> None:
        self.metrics.reply_done(response)
        seconds = response["audio_samples"] / response["output_audio_rate"]
        latency_ms, rules = response.get("response_latency_ms"), ", ".join(response["rules"]) or "none"
        logger.info(
            "%s %s: first sound after %s ms, %.1f s long, rules: %s",
            response["id"],
            response["status"],
            "-" if latency_ms is None else round(latency_ms),
            seconds,
            rules,
        )

    def _move_all(self) -> None:
        self.metrics.restarts.inc()
        for hosted in self._hosted.values():
            hosted.move(self._compute.worker)

    def _num_waiting(self) -> int:
        return sum(not hosted.is_attached for hosted in self._hosted.values())

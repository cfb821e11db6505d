"""Keeps a compute thread running: a dead one is replaced and its sessions go on, a stuck one is noticed.

A thread cannot be killed: while one is stuck the server says that it is not ready and refuses new sessions, and whoever
runs it restarts the process.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from solami.stream_server.backend import Backend
from solami.stream_server.pacing import Pacing
from solami.stream_server.worker import ComputeWorker

logger = logging.getLogger(__name__)

WATCH_S = 0.2


class Compute:
    """The present compute thread."""

    def __init__(self, backend: Backend, pacing: Pacing, stuck_s: float) -> None:
        self._backend, self._pacing, self._stuck_s = backend, pacing, stuck_s
        self.worker = ComputeWorker(backend, pacing)
        self.on_restart: Callable[[], None] = lambda: None  # the worker is a new one: move the sessions

    def why_not_ready(self) -> str | None:
        """What keeps sessions from being served; None when nothing does."""
        if not self.worker.is_alive:
            return "the compute thread is down"
        busy_s = self.worker.busy_s(time.perf_counter())
        return f"the compute thread has been stuck for {busy_s:.0f} s" if busy_s > self._stuck_s else None

    async def watch(self) -> None:
        """Look after the thread, for ever."""
        while True:
            await asyncio.sleep(WATCH_S)
            if not self.worker.is_alive:
                self._restart()

    def _restart(self) -> None:
        logger.error("the compute thread died; a new one takes its sessions")
        self.worker.bury()
        self.worker = ComputeWorker(self._backend, self._pacing)
        self.worker.__enter__()
        self.on_restart()

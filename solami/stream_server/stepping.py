"""One step of the engine, shared by the replies that are due, and what becomes of the ids. Chooses nobody."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from solami.errors import EngineError
from solami.stream_server.backend import Backend, DrawsTogether
from solami.stream_server.guard import attempt
from solami.stream_server.lane import Lane
from solami.stream_server.load import Load


class Stepper:
    """Takes steps with one backend."""

    def __init__(self, backend: Backend, load: Load, clock: Callable[[], float]) -> None:
        self._backend, self._load, self._clock = backend, load, clock

    def step(self, lanes: Sequence[Lane]) -> float:
        """One id for the reply of each session, one piece of those that need none; returns the seconds that took."""
        begun_s = self._clock()
        wanted = [(lane, attempt(lane, lane.runner.wanted)) for lane in lanes]
        drawn = self._draw([(lane, want) for lane, want in wanted if want is not None])
        share_s = (self._clock() - begun_s) / max(1, len(drawn))
        for lane, want in wanted:
            if lane in drawn:
                attempt(lane, lane.runner.take, drawn[lane], share_s)
            elif want is None and lane.runner.need(begun_s) is not None:  # else it has just failed
                attempt(lane, lane.runner.take, None, 0.0)
        return self._clock() - begun_s

    def _draw(self, wanted: Sequence[tuple[Lane, Any]]) -> dict[Lane, int]:
        """An id for each; where one cannot be drawn, only its own session fails."""
        if not wanted:
            return {}
        backend = self._backend
        assert isinstance(backend, DrawsTogether)
        self._load.stepped(len(wanted))
        try:
            return dict(zip([lane for lane, _ in wanted], backend.draw([want for _, want in wanted]), strict=True))
        except EngineError:  # of one of them, before anything was drawn
            alone = [(lane, attempt(lane, backend.draw, [want])) for lane, want in wanted]
            return {lane: ids[0] for lane, ids in alone if ids is not None}

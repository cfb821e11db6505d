"""The compute thread: every session's pipeline work happens here, piece by piece, never on the event loop.

In rounds: what clients decide, a slice of what users say and do, one idle beat, one step of all replies that need it. A
reply that nobody reads, or a session that floods its inbox, holds up itself and nobody else.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from types import TracebackType

from solami.stream_server.backend import Backend, WorksBeside
from solami.stream_server.budget import SMALL_LEAD
from solami.stream_server.guard import attempt
from solami.stream_server.lane import Lane
from solami.stream_server.load import Load, LoadReport
from solami.stream_server.pacing import BEAT_S, Need, Pacing, choose, is_needy, wake_s
from solami.stream_server.settings import SessionSettings
from solami.stream_server.stepping import Stepper
from solami.stream_server.turns import TurnRunner

logger = logging.getLogger(__name__)

TALKING_S = 30.0  # a session in which nobody spoke for so long takes no time from others
_SHORTEST_WAIT_S = 0.002
INPUT_SHARE = 0.5  # of the time of steps goes to users' input while a reply is needy
_LEAST_S = 0.0002  # that a step earns for input: no reply keeps users from being heard for ever
_UNHURRIED = 4  # input slices are so much longer while no reply is needy


class ComputeWorker:
    """Runs lanes in rounds on one thread."""

    def __init__(
        self, backend: Backend, pacing: Pacing | None = None, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self.backend, self.load = backend, Load(pacing or Pacing())
        self._pacing, self._clock = pacing or Pacing(), clock
        self._stepper = Stepper(backend, self.load, clock)
        self._lanes: list[Lane] = []
        self._turn = 0  # whose input comes first in the next round
        self._allowance_s = 0.0  # for input, while a reply is needy
        self._ended_s = clock()  # the last round
        self._begun_s: float | None = None  # the present round
        self._wake = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="solami-compute", daemon=True)
        if isinstance(backend, WorksBeside):
            backend.call_on_news(self.wake)

    def __enter__(self) -> ComputeWorker:
        self._thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        with self._wake:
            self._stopping = True
            self._wake.notify()
        self._thread.join(timeout=10)

    @property
    def is_alive(self) -> bool:
        """Whether commands are being taken."""
        return self._thread.is_alive()

    @property
    def num_lanes(self) -> int:
        """Open sessions."""
        return len(self._lanes)

    def busy_s(self, now_s: float) -> float:
        """From the event loop: how long the present round has taken, 0 between rounds."""
        begun_s = self._begun_s
        return 0.0 if begun_s is None else now_s - begun_s

    def bury(self) -> None:
        """From the event loop, once the thread is dead: free what its sessions held; others may inherit them."""
        for lane in self._lanes:
            attempt(lane, lane.runner.fail)

    def check_room(self) -> None:
        """From the event loop: raises CapacityError where the measured speed does not allow one more session."""
        now_s = self._clock()
        talking = sum(not lane.is_closed and now_s - lane.talked_s < TALKING_S for lane in list(self._lanes))
        self.load.check_room(talking, now_s)

    def report(self) -> LoadReport:
        """From the event loop: the figures of `/metrics`."""
        return self.load.report()

    def open_lane(self, settings: SessionSettings, session: str = "-") -> Lane:
        """From the event loop: a lane for a session, whose id is for the log."""
        lane = Lane(lambda emit: TurnRunner(self.backend, settings, emit, self.load, self._clock), self.wake, session)
        with self._wake:
            self._lanes.append(lane)
        return lane

    def wake(self) -> None:
        """Something may have to be done."""
        with self._wake:
            self._wake.notify()

    def _run(self) -> None:
        while True:
            with self._wake:
                self._wait()
                if self._stopping:
                    break
            self._begun_s = self._clock()
            self.run_round()
            self._begun_s = None
        for lane in self._lanes:
            lane.runner.close()

    def run_round(self) -> None:
        """Do a bounded piece of everything there is to do."""
        begun_s = self._clock()
        with self._wake:
            lanes = list(self._lanes)
        for lane in lanes:
            while lane.controls:
                attempt(lane, lane.runner.accept, lane.controls.popleft())
            if lane.is_closed:
                self._free(lane)
        lanes = [lane for lane in lanes if not lane.is_closed]
        self._take_input(lanes)
        self._idle(lanes)
        self._allowance_s += max(_LEAST_S, INPUT_SHARE * self._stepper.step(self._chosen(lanes)))
        now_s = self._clock()
        active = [lane for lane in lanes if lane.runner.is_active]
        for lane in active:
            lane.talked_s = now_s
        self.load.add(now_s - begun_s, now_s - self._ended_s, len(active))
        self._ended_s = now_s

    def _due_s(self, now_s: float) -> float:
        """When the next idle beat or step is due, where no client does anything until then."""
        idle = [at_s for lane in self._lanes if lane.has_room and (at_s := lane.runner.idle_due_s(now_s)) is not None]
        step = wake_s([need for _, need in self._needs(self._lanes, now_s)], now_s, self._max_lead_s)
        return min([*idle, *([] if step is None else [step])], default=float("inf"))

    def _wait(self) -> None:
        """Until there is something to do; `_wake` is held."""
        while not self._stopping and not any(lane.has_input for lane in self._lanes):
            now_s = self._clock()
            due_s = self._due_s(now_s)
            if due_s <= now_s:
                return
            self._wake.wait(None if due_s == float("inf") else max(_SHORTEST_WAIT_S, due_s - now_s))

    @property
    def _max_lead_s(self) -> float:
        return self._pacing.hurried_lead_s if self.load.is_high else self._pacing.max_lead_s

    def _take_input(self, lanes: Sequence[Lane]) -> None:
        """Users' input, one piece a session in turns; while a reply is needy, half as long as steps have taken."""
        begun_s = self._clock()
        slice_s = self._pacing.input_slice_ms / 1000
        is_urgent = any(is_needy(need, begun_s, self._pacing) for _, need in self._needs(lanes, begun_s))
        self._allowance_s = min(slice_s, self._allowance_s) if is_urgent else slice_s * _UNHURRIED
        waiting = deque(lane for lane in [*lanes[self._turn :], *lanes[: self._turn]] if lane.inbox)
        while waiting and self._allowance_s > 0:
            lane = waiting.popleft()
            attempt(lane, lane.runner.accept, lane.take())
            self._turn = lanes.index(lane) + 1
            if lane.inbox:
                waiting.append(lane)
            spent_s, begun_s = self._clock() - begun_s, self._clock()
            self._allowance_s -= spent_s

    def _idle(self, lanes: Sequence[Lane]) -> None:
        """The one idle beat that is due first."""
        now_s = self._clock()
        due = [(at_s, lane) for lane in lanes if lane.has_room and (at_s := lane.runner.idle_due_s(now_s)) is not None]
        at_s, lane = min(due, key=lambda each: each[0], default=(float("inf"), None))
        if lane is not None and at_s <= now_s:
            attempt(lane, lane.runner.idle, now_s)

    def _chosen(self, lanes: Sequence[Lane]) -> list[Lane]:
        """The sessions whose replies share the next step."""
        now_s = self._clock()
        needs = self._needs(lanes, now_s)
        for lane, need in needs:
            if self._max_lead_s < need.lead_s + BEAT_S <= self._pacing.max_lead_s:
                lane.runner.fire(SMALL_LEAD)
        chosen = choose([need for _, need in needs], now_s, self._pacing, self._max_lead_s)
        return [needs[index][0] for index in chosen]

    def _needs(self, lanes: Sequence[Lane], now_s: float) -> list[tuple[Lane, Need]]:
        needs = [(lane, lane.runner.need(now_s)) for lane in lanes if lane.has_room]
        return [(lane, need) for lane, need in needs if need is not None]

    def _free(self, lane: Lane) -> None:
        with self._wake:
            self._lanes.remove(lane)
        lane.runner.close()

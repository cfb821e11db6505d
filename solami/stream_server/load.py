"""How much of the compute thread the sessions take, as measured, and whether one more can be held. Knows no clock."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from solami.errors import CapacityError
from solami.stream_server.pacing import Pacing

HALF_ACTIVE_S = 20.0  # seconds of talk after which a measurement counts half
HALF_WALL_S = 2.0
KNOWN_ACTIVE_S = 5.0  # talk before anything is concluded
HIGH = 0.85  # of the thread: from here on replies are hurried
DRY_S = 10.0  # for so long after a client had nothing to play nobody new is admitted
RETRY_AFTER_S = 5.0


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What `/metrics` may show."""

    busy: float  # share of the thread, of late
    cost: float | None  # seconds of compute a second of one session's talk; None while unknown
    steps: int  # of the engine, since the start
    drawn: int  # ids in them: drawn / steps is the mean batch
    dry: int  # times a client is thought to have had nothing to play in the middle of a reply
    rules: dict[str, int] = field(default_factory=dict)  # degradation rules that fired, by name


class Load:
    """The worker's own measurements. Written by the compute thread, read by any."""

    def __init__(self, pacing: Pacing) -> None:
        self._pacing = pacing
        self._busy_s = self._active_s = 0.0
        self._share = 0.0
        self._steps = self._drawn = self._dry = 0
        self._dry_until_s = float("-inf")
        self._rules: Counter[str] = Counter()

    @property
    def cost(self) -> float | None:
        """Seconds of compute a second of one session's talk, whether it listens or speaks."""
        return self._busy_s / self._active_s if self._active_s >= KNOWN_ACTIVE_S else None

    @property
    def is_high(self) -> bool:
        """Whether the thread has been nearly always busy of late."""
        return self._share > HIGH

    def add(self, busy_s: float, wall_s: float, active: int) -> None:
        """One round: the thread worked `busy_s` of `wall_s` while so many sessions talked."""
        if wall_s <= 0:
            return
        active_s = wall_s * active
        if active:
            kept = 0.5 ** (active_s / HALF_ACTIVE_S)
            self._busy_s, self._active_s = self._busy_s * kept + busy_s, self._active_s * kept + active_s
        kept = 0.5 ** (wall_s / HALF_WALL_S)
        self._share = self._share * kept + (1 - kept) * min(1.0, busy_s / wall_s)

    def stepped(self, drawn: int) -> None:
        """One step of the engine."""
        self._steps, self._drawn = self._steps + 1, self._drawn + drawn

    def ran_dry(self, now_s: float) -> None:
        """A client had nothing to play in the middle of a reply."""
        self._dry, self._dry_until_s = self._dry + 1, now_s + DRY_S

    def fired(self, rule: str) -> None:
        """A degradation rule was used in some reply."""
        self._rules[rule] += 1

    def check_room(self, sessions: int, now_s: float) -> None:
        """Raises CapacityError where these sessions, which talk, and one more are more than the machine can hold."""
        cost = self.cost
        if sessions and now_s < self._dry_until_s:
            raise CapacityError("The sessions that talk take all there is; try again later.", RETRY_AFTER_S)
        if sessions and cost is not None and (sessions + 1) * cost > self._pacing.max_busy:
            raise CapacityError(
                f"A session takes {cost:.2f} of this machine's time and {sessions} talk; try again later.",
                RETRY_AFTER_S,
            )

    def report(self) -> LoadReport:
        """A copy of the figures."""
        return LoadReport(self._share, self.cost, self._steps, self._drawn, self._dry, dict(self._rules))

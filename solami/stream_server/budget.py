"""The latency budget: what each stage of a turn is planned to take, and what it took."""

from __future__ import annotations

from dataclasses import dataclass

# Milliseconds on two CPU cores with the shipped model. `endpoint` is the pause the server waits for before it decides
# that the turn has ended (0 with an explicit commit); `heard_saw` lies off the critical path.
PLANNED_MS: dict[str, float] = {
    "endpoint": 500.0,
    "prefill": 60.0,
    "first_clause": 80.0,
    "first_beat": 150.0,
    "decode": 60.0,
    "send": 10.0,
    "heard_saw": 150.0,
}


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """One stage of one turn."""

    stage: str
    planned_ms: float
    spent_ms: float


class Budget:
    """Collects what the stages of one turn spent."""

    def __init__(self, endpoint_planned_ms: float = 0.0) -> None:
        self._planned = PLANNED_MS | {"endpoint": endpoint_planned_ms}
        self._spent: dict[str, float] = {}

    def add(self, stage: str, spent_ms: float) -> None:
        """Add to a stage; stages the plan does not know are kept with a plan of 0."""
        self._spent[stage] = self._spent.get(stage, 0.0) + spent_ms

    def rows(self) -> list[BudgetRow]:
        """Planned stages in order, then unplanned ones."""
        names = [*self._planned, *(name for name in self._spent if name not in self._planned)]
        return [BudgetRow(n, self._planned.get(n, 0.0), round(self._spent.get(n, 0.0), 2)) for n in names]

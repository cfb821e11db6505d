"""The latency budget: what each stage of a turn is planned to take, what it took, and the rules when it takes longer.

A rule that fired is named in `response.done`, in `/metrics` and in the bench. Those that change a reply's ids do not
fire in sessions that ask for a seed: they are promised the same reply every time.
"""

from __future__ import annotations

from dataclasses import dataclass

# Milliseconds on two CPU cores with the shipped model. `endpoint` is the pause the server waits for before it decides
# that the turn has ended (0 with an explicit commit); `heard_saw` lies off the critical path.
PLANNED_MS: dict[str, float] = {
    "endpoint": 500.0,
    "ear": 150.0,
    "prefill": 60.0,
    "first_clause": 80.0,
    "first_beat": 150.0,
    "decode": 60.0,
    "send": 10.0,
    "waiting": 20.0,
    "heard_saw": 150.0,
}

SHORT_CLAUSE = "short_first_clause"  # fewer words before the first sound
HELD_HANDS = "held_hands"  # hands stay as they are: three ids of nineteen are not computed
SMALL_LEAD = "small_lead"  # replies are generated less far ahead, so that others get their share
FILLER = "filler_gesture"  # the body nods on until the reply's own motion comes
RULES = (SHORT_CLAUSE, HELD_HANDS, SMALL_LEAD, FILLER)
SHORT_CLAUSE_TOKENS = 5
BEHIND_S = PLANNED_MS["prefill"] / 1000
_REST_LEAD_S, _GO_ON_LEAD_S = 0.15, 0.8


def is_behind(spent_s: float, is_high: bool) -> bool:
    """Whether a reply is late as it begins: its turn ended so long ago, or the machine is short of time."""
    return is_high or spent_s > BEHIND_S


def hands_should_rest(lead_s: float, rest: bool) -> bool:
    """Whether the hands hold still from here on: not before the client nearly runs dry, and until it has some lead."""
    return lead_s < (_GO_ON_LEAD_S if rest else _REST_LEAD_S)


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

"""Which replies go on next, and how far: earliest deadline first, nobody far ahead of what has been played.

A reply's deadline is when its client will have played all that was sent, or, before the first sound, when its turn
ended. Pure: deadlines in, choices out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import Field

from solami.strict import Strict

BEAT_S = 0.4  # what a reply grows by


class Pacing(Strict):
    """How far ahead replies are generated, and how much work a session may cost the others."""

    max_lead_s: float = Field(2.0, ge=0.8, description="a reply is generated at most so far ahead of its playback")
    low_lead_s: float = Field(0.6, gt=0, description="below it a reply is needy: only needy ones are generated then")
    hurried_lead_s: float = Field(1.2, ge=0.8, description="instead of max_lead_s while the machine is short of time")
    input_slice_ms: float = Field(8.0, gt=0, description="work on users' input between two steps of needy replies")
    max_busy: float = Field(0.9, gt=0, le=1, description="share of the compute thread that sessions may take")


@dataclass(frozen=True, slots=True)
class Need:
    """One reply's claim to the next step."""

    deadline_s: float  # on the worker's clock
    lead_s: float  # seconds that were sent and not played; 0 before the first sound


def choose(needs: Sequence[Need], now_s: float, pacing: Pacing, max_lead_s: float) -> list[int]:
    """Indices of the replies that share the next step, the most urgent first."""
    order = sorted(
        (index for index, need in enumerate(needs) if need.lead_s + BEAT_S <= max_lead_s),
        key=lambda index: needs[index].deadline_s,
    )
    needy = [index for index in order if is_needy(needs[index], now_s, pacing)]
    return needy or order


def is_needy(need: Need, now_s: float, pacing: Pacing) -> bool:
    """Whether the client of this reply is about to have nothing to play, or has not heard anything yet."""
    return need.deadline_s - now_s < pacing.low_lead_s


def wake_s(needs: Sequence[Need], now_s: float, max_lead_s: float) -> float | None:
    """When the first of them may go on; None where there are none."""
    return min((now_s + need.lead_s + BEAT_S - max_lead_s for need in needs), default=None)

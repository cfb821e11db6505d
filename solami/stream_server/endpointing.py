"""When a pause ends the user's turn, and when a voice interrupts: rules over durations and one probability.

Knows no samples, no model and no clock; `hearing` asks it window by window.
"""

from __future__ import annotations

from dataclasses import dataclass

from solami.stream_server.settings import SemanticTurnDetection, TurnDetection

TENTATIVE_MS = 192.0  # the pause at which the model is asked and the reply may begin on trial: six windows
FALSE_ALARM_MS = 160.0  # of quiet, after which a voice too short to interrupt is forgotten
_LONG_MS = {"low": 2000.0, "medium": 1000.0, "auto": 1000.0, "high": 500.0}
_SHORT_MS = {"low": 600.0, "medium": 350.0, "auto": 350.0, "high": 192.0}
_SURE = {"low": 0.9, "medium": 0.8, "auto": 0.8, "high": 0.6}


@dataclass(frozen=True, slots=True)
class Pauses:
    """How long the user must be quiet."""

    long_ms: float  # ends the turn whatever the model thinks
    short_ms: float  # ends it where the model is sure
    sure: float  # from this probability on; above 1 never

    def ends(self, pause_ms: float, probability: float | None) -> bool:
        """Whether a pause of this length ends the turn; None where the model was not asked."""
        is_sure = probability is not None and probability >= self.sure
        return pause_ms >= (self.short_ms if is_sure else self.long_ms)


def pauses_of(detection: TurnDetection | SemanticTurnDetection) -> Pauses:
    """The pauses that a session asked for."""
    if isinstance(detection, TurnDetection):
        return Pauses(float(detection.silence_duration_ms), float(detection.silence_duration_ms), 2.0)
    return Pauses(_LONG_MS[detection.eagerness], _SHORT_MS[detection.eagerness], _SURE[detection.eagerness])

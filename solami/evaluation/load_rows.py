"""What many clients heard and saw, and the row of `bench load` that it makes. Talks to nobody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from solami.evaluation.latency import percentile, rules_of
from solami.evaluation.playback import ReplyPlayback
from solami.stream_server.protocol import MediaFrame


@dataclass(slots=True)
class Heard:
    """One reply as a client had it."""

    committed_s: float
    player: ReplyPlayback
    frames: list[MediaFrame] = field(default_factory=list)
    done: dict[str, Any] | None = None

    def since_commit_ms(self, at_s: float | None) -> float | None:
        """Milliseconds from the commit."""
        return None if at_s is None else 1000 * (at_s - self.committed_s)

    @property
    def moved_late(self) -> bool:
        """Whether the first pose came later than the first sound."""
        sound_s, motion_s = self.player.first_sound_s, self.player.first_motion_s
        return sound_s is not None and (motion_s is None or motion_s > sound_s)


@dataclass(slots=True)
class Tally:
    """What came of some sessions."""

    replies: list[Heard] = field(default_factory=list)
    refused: int = 0
    failed: int = 0


def row_of(sessions: int, tally: Tally) -> dict[str, Any]:
    """One row of `bench load`. Percentiles are over all replies of all sessions that were served."""
    sounds = _known(reply.since_commit_ms(reply.player.first_sound_s) for reply in tally.replies)
    motions = _known(reply.since_commit_ms(reply.player.first_motion_s) for reply in tally.replies)
    late = sum(reply.moved_late for reply in tally.replies)
    skews = [abs(skew) for reply in tally.replies for skew in reply.player.skews_ms]
    rtfs = _known(reply.done["rtf"] for reply in tally.replies if reply.done)
    return {
        "sessions": sessions,
        "first_audio_ms_p50": percentile(sounds, 50) if sounds else None,
        "first_audio_ms_p95": percentile(sounds, 95) if sounds else None,
        "first_motion_ms_p95": percentile(motions, 95) if motions else None,
        "motion_after_audio": late,
        "underruns": sum(reply.player.underruns for reply in tally.replies),
        "av_skew_ms_p95": percentile(skews, 95) if skews else None,
        "refused": tally.refused,
        "rtf": round(sum(rtfs) / len(rtfs), 3) if rtfs else None,
        "rules": rules_of(reply.done for reply in tally.replies if reply.done),
        "replies": len(tally.replies),
        "silent_replies": len(tally.replies) - len(sounds),
        "failed": tally.failed,
    }


def _known(values: Iterable[float | None]) -> list[float]:
    return [value for value in values if value is not None]

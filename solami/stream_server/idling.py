"""When the character's next idle beat is due, on which clock it lies, and whether the user just paused.

Keeps time and listens for pauses; what an idle beat looks like is the conversation's business. Knows no event loop.
"""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from solami.audio.level import level_db
from solami.frames import FloatArray, MotionChunk
from solami.stream_server.outputs import IdlePoses
from solami.stream_server.protocol import pack_codes
from solami.stream_server.vrm import pack_poses

LEAD_S = 0.25  # what the client still has to show when the next beat is sent: covers the start of a reply
_VOICE_S, _PAUSE_S = 0.8, 0.24  # so much voice, then so much quiet, is a pause
_QUIET_DB, _BELOW_DB = -45.0, 22.0  # quiet is below this, or so much below the loudest
_FORGET_DB_S = 1.0  # by which the loudest sinks


@runtime_checkable
class Idles(Protocol):
    """A conversation that can keep its character alive between replies."""

    def idle(self, *, listening: bool, paused: bool) -> MotionChunk | None:
        """The poses of one beat that go on from those before; none where the model has no idle motion."""


class PauseSpotter:
    """Finds the pauses inside what a user says, by level alone: they only ask for a nod."""

    def __init__(self) -> None:
        self._loudest_db = _QUIET_DB
        self._voice_s = self._quiet_s = 0.0

    def push(self, samples: FloatArray, sample_rate: int) -> bool:
        """Samples [T] of some 20 to 100 ms; whether a pause was noticed just now."""
        if not len(samples):
            return False
        seconds = len(samples) / sample_rate
        db = level_db(samples)
        self._loudest_db = max(self._loudest_db - _FORGET_DB_S * seconds, db)
        if db > max(_QUIET_DB, self._loudest_db - _BELOW_DB):
            self._voice_s, self._quiet_s = self._voice_s + seconds, 0.0
            return False
        before, self._quiet_s = self._quiet_s, self._quiet_s + seconds
        is_pause = before < _PAUSE_S <= self._quiet_s and self._voice_s >= _VOICE_S
        if is_pause:
            self._voice_s = 0.0
        return is_pause


class Idling:
    """One session's idle motion on the clock of the server."""

    def __init__(self, wire_hz: int) -> None:
        self._wire_hz = wire_hz
        self._begun_s: float | None = None
        self._until_s = 0.0  # what has been sent reaches to here
        self._spotter = PauseSpotter()
        self._paused = False

    def hear(self, samples: FloatArray, sample_rate: int) -> None:
        """What the user says."""
        self._paused |= self._spotter.push(samples, sample_rate)

    def nod(self) -> None:
        """Let the next beat nod, as after a pause of the user's."""
        self._paused = True

    def due_s(self, reply_ends_s: float) -> float:
        """When the next beat must be sent; while a reply plays, shortly before its end."""
        return max(self._until_s, reply_ends_s) - LEAD_S

    def beat(self, source: Idles, now_s: float, reply_ends_s: float, listening: bool) -> IdlePoses | None:
        """The next beat, stamped in output samples since the first one."""
        motion = source.idle(listening=listening, paused=self._paused)
        self._paused = False
        start_s = max(self._until_s, reply_ends_s, now_s)
        if motion is None or not len(motion.rotations):
            self._until_s = start_s + 3600.0  # there is nothing to show: ask again in an hour
            return None
        if self._begun_s is None:
            self._begun_s = start_s
        self._until_s = start_s + len(motion.rotations) / motion.fps
        sample = round((start_s - self._begun_s) * self._wire_hz)
        return IdlePoses(pack_poses(motion), len(motion.rotations), sample, pack_codes(motion.codes))

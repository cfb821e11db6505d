"""The user's body made of headset and controllers, and shown to those who asked for a mirror."""

from __future__ import annotations

from collections.abc import Callable

from solami.body.trackers import TrackerChunk
from solami.errors import ProtocolError
from solami.frames import MotionChunk
from solami.stream_server.backend import SolvesTrackers
from solami.stream_server.dialogue import Dialogue
from solami.stream_server.outputs import Output, UserBody
from solami.stream_server.vrm import pack_poses


class Solving:
    """One session's."""

    def __init__(self, dialogue: Dialogue, emit: Callable[[Output], None]) -> None:
        self._dialogue, self._emit = dialogue, emit
        self._mirrored = 0  # output samples that the mirrored poses last

    def inherit(self, other: Solving) -> None:
        """Go on on the clock of another, whose thread died."""
        self._mirrored = other._mirrored

    def body(self, trackers: TrackerChunk) -> MotionChunk:
        """The poses that became ready. Raises ProtocolError `motion_not_declared` where the model cannot make any."""
        conversation, settings = self._dialogue.opened(), self._dialogue.settings
        motion = conversation.solve(trackers) if isinstance(conversation, SolvesTrackers) else None
        if motion is None:
            raise ProtocolError("motion_not_declared", "This model makes no body from three points; send a full body.")
        if settings.mirror and len(motion.rotations):
            self._emit(UserBody(pack_poses(motion), self._mirrored))
            self._mirrored += round(len(motion.rotations) / motion.fps * settings.output_audio_rate)
        return motion

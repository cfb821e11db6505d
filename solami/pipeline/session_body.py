"""One session's body: it goes on from where it stands, through replies, idling and interruptions.

Knows no turns; `conversation` says when a reply begins and where it was cut.
"""

from __future__ import annotations

from solami.frames import MotionChunk
from solami.pipeline.idle_body import IdleBody
from solami.pipeline.living_body import LivingBody
from solami.pipeline.models import Models
from solami.pipeline.performance import Mark
from solami.pipeline.reply import Reply


class SessionBody:
    """Lives as long as the session."""

    def __init__(self, models: Models, seed: int) -> None:
        """A body that stands at its origin; without a model of idle motion it only moves in replies."""
        self.now = LivingBody(models.motion.decoder(), seed)
        self._idle = IdleBody(models.idle, models.motion, seed) if models.idle else None
        self._has_idled = False  # since the last reply, which then can no longer be taken back

    def begin_reply(self) -> LivingBody:
        """The body that a reply moves."""
        self._has_idled = False
        return self.now

    def cut(self, reply: Reply, kept: Mark, heard_samples: int) -> None:
        """A reply was heard up to a sample, in the beat that ends at a mark: go on from the pose that was seen then."""
        if self._has_idled:
            return
        assert isinstance(kept.body, LivingBody)
        self.now = kept.body
        if shown := reply.shown_at(heard_samples):
            self.now.cut_short(shown)

    def idle(self, reply: Reply | None, *, listening: bool, paused: bool) -> MotionChunk | None:
        """The poses of one beat between replies; `reply` is the last one, or one that has not moved yet."""
        if self._idle is None:
            return None
        if not self._has_idled:
            self._idle.after(reply.last_shown if reply else None)
        self._has_idled = True
        poses, self.now = self._idle.beat(self.now, listening=listening, paused=paused)
        if reply is not None and not reply.has_moved:  # it is late, or waits for the user to finish
            reply.stand(self.now)
            self._has_idled = False
        return poses

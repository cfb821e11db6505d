"""A character's body between replies: idle codes through the session's running decoder, near where it should stand.

Codes hold turns and steps, so their small errors add up; where the body has turned away too far, several ways to go on
are decoded and the one that leads back is shown. Knows no session.
"""

from __future__ import annotations

import copy

import numpy as np

from solami.body.geometry import heading, wrap
from solami.frames import MotionChunk
from solami.pipeline.living_body import LivingBody
from solami.tokenizers.base import MotionCodes, MotionTokenizer
from solami.tokenizers.idle import IdleModel

WAYS = 4  # decoded when the body is off; some 12 ms each
_OFF_RAD, _OFF_M = 0.09, 0.10


class IdleBody:
    """One session's; it lasts as long as the session."""

    def __init__(self, model: IdleModel, tokenizer: MotionTokenizer, seed: int) -> None:
        self._tokenizer = tokenizer
        self._motion = model.motion(seed)
        self._random = np.random.default_rng([seed, 11])
        self._home: tuple[float, np.ndarray] | None = None  # heading and floor position to keep to
        self._off = False

    def after(self, shown: MotionCodes | None) -> None:
        """A reply, whose last codes these are, has moved the body: where it stands now is its place."""
        self._home = None
        self._off = False
        if shown is not None:
            self._motion.observe(shown)

    def beat(self, decoder: LivingBody, *, listening: bool, paused: bool) -> tuple[MotionChunk, LivingBody]:
        """The next poses and the decoder that has shown them."""
        ways = [(self._motion, decoder)]
        if self._off:
            kept = {id(part): part for part in self._tokenizer.shared}
            seeds = self._random.integers(0, 2**31, WAYS - 1)
            ways += [(self._motion.fork(int(seed)), copy.deepcopy(decoder, dict(kept))) for seed in seeds]
        nod = listening and paused
        shown = [(way.push_idle(motion.step(listening, paused), nod), motion, way) for motion, way in ways]
        poses, self._motion, decoder = min(shown, key=lambda found: self._distance(found[0]))
        if self._home is None:
            self._home = _stand(poses, 0)
        self._off = self._distance(poses) > _OFF_RAD
        return poses, decoder

    def _distance(self, poses: MotionChunk) -> float:
        """How far the last pose is from home, in radians; 10 cm count as 0.09."""
        if self._home is None:
            return 0.0
        yaw, place = _stand(poses, -1)
        turned = abs(float(wrap(np.array(yaw - self._home[0]))))
        return max(turned, _OFF_RAD / _OFF_M * float(np.linalg.norm(place - self._home[1])))


def _stand(poses: MotionChunk, pose: int) -> tuple[float, np.ndarray]:
    return float(heading(poses.rotations[pose, 0].astype(np.float64))), poses.translation[pose, ::2].astype(np.float64)

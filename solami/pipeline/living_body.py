"""A session's running motion decoder with what codes are too coarse for: soft idling, breath, nods, fading seams.

Idle poses follow their codes softly; a reply's poses are its codes' own, but for what is left of the idling before it,
which fades, and for the end of a nod. A body that never idled passes every pose on unchanged. Knows no session.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from solami.body.breathing import BreathLayer
from solami.body.geometry import Array, conjugate, multiply, slerp
from solami.body.nodding import NodLayer
from solami.frames import MotionChunk
from solami.tokenizers.base import MotionCodes, MotionDecoder

FOLLOW = 0.22  # of the way to its codes that an idling body goes with every pose: 0.13 s
FADE = 0.82  # of an offset that is left one pose later: half of it is gone in 0.12 s
_GONE = 1e-4
_STILL = np.array([0.0, 0.0, 0.0, 1.0])


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """One pose, or the offset from one to another."""

    rotations: Array  # [55, 4]
    place: Array  # [3]


class LivingBody(MotionDecoder):
    """Decodes replies by `push`, as any decoder, and idling by `push_idle`."""

    def __init__(self, inner: MotionDecoder, seed: int = 0) -> None:
        self._inner = inner
        self._breath = BreathLayer(seed)
        self._nods = NodLayer(seed)
        self._shown: Shown | None = None  # the last pose, without breath and nods
        self._offset: Shown | None = None  # from the codes' pose to the shown one

    def push(self, codes: MotionCodes) -> MotionChunk:
        """A reply's codes -> its poses."""
        poses = self._inner.push(codes)
        if len(poses.rotations):
            poses = self._faded(poses)
            self._shown = _last(poses)
        return self._nods.push(self._breath.push(poses, breathes=False))

    def push_idle(self, codes: MotionCodes, nod: bool = False) -> MotionChunk:
        """Idle codes -> poses that go softly from the last shown pose."""
        poses = self._inner.push(codes)
        if len(poses.rotations):
            soft = self._followed(poses)
            raw, self._shown = _last(poses), _last(soft)
            turns = multiply(self._shown.rotations, conjugate(raw.rotations))
            self._offset = Shown(turns, self._shown.place - raw.place)
            poses = soft
        alive = self._nods.push(self._breath.push(poses, breathes=True), nod)
        return replace(alive, codes=(codes.body, codes.hands))

    def cut_short(self, shown: Shown) -> None:
        """The last beat was shown up to this pose only: what comes next goes on from it, without a jump."""
        last = self._shown or shown
        turns, shift = multiply(shown.rotations, conjugate(last.rotations)), shown.place - last.place
        if self._offset is not None:  # of the shown pose from its codes'
            turns, shift = multiply(turns, self._offset.rotations), shift + self._offset.place
        self._shown, self._offset = shown, Shown(turns, shift)

    def _followed(self, poses: MotionChunk) -> MotionChunk:
        rotations, places = poses.rotations.astype(np.float64), poses.translation.astype(np.float64)
        now = self._shown or Shown(rotations[0], places[0])
        for t in range(len(rotations)):
            now = Shown(slerp(now.rotations, rotations[t], FOLLOW), now.place + FOLLOW * (places[t] - now.place))
            rotations[t], places[t] = now.rotations, now.place
        return replace(poses, rotations=rotations.astype(np.float32), translation=places.astype(np.float32))

    def _faded(self, poses: MotionChunk) -> MotionChunk:
        if self._offset is None:
            return poses
        left = FADE ** (np.arange(len(poses.rotations)) + 1.0)
        turns = slerp(
            np.tile(_STILL, (len(left), 55, 1)), np.tile(self._offset.rotations, (len(left), 1, 1)), left[:, None]
        )
        shifts = left[:, None] * self._offset.place
        rest = Shown(turns[-1], shifts[-1])
        is_gone = np.abs(rest.rotations[:, :3]).max() < _GONE and np.abs(rest.place).max() < _GONE
        self._offset = None if is_gone else rest
        rotations = multiply(turns, poses.rotations.astype(np.float64)).astype(np.float32)
        return replace(poses, rotations=rotations, translation=(poses.translation + shifts).astype(np.float32))


def _last(poses: MotionChunk) -> Shown:
    return Shown(poses.rotations[-1].astype(np.float64), poses.translation[-1].astype(np.float64))

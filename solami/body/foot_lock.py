"""An optional last stage for motion: feet that stand stay where they stand. Causal, without delay.

A foot is planted when its ball is low and slow, and stays so until it is clearly high or fast (hysteresis). While
planted, its ball keeps its place on the floor; afterwards the correction fades. The leg follows by two-bone inverse
kinematics; if it is too short, the pelvis sinks a little.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from solami import skeleton
from solami.body.geometry import Array
from solami.body.kinematics import forward_kinematics
from solami.body.leg_ik import ANKLES, HIPS, leg_reach_m, reach
from solami.frames import MotionChunk

_BALLS = (skeleton.INDEX["left_foot"], skeleton.INDEX["right_foot"])
_BALL_HEIGHT_M = skeleton.CONTACT_HEIGHTS_M[-1]
_PLANT_HEIGHT_M, _PLANT_SPEED_M_S = 0.045, 0.40
_LIFT_HEIGHT_M, _LIFT_SPEED_M_S = 0.065, 1.10
_MAX_PULL_M = 0.10  # a foot dragged further than this from where the motion has it is let go
_GLIDE = 0.5  # a foot comes to rest over some poses: its speed halves with each
_FADE_S = 0.12  # a correction falls to 1/e in this time
_MAX_SINK_M, _SINK_M_S = 0.015, 0.10


class FootLock:
    """Keeps planted feet in place, chunk after chunk; one object per stream."""

    def __init__(self) -> None:
        self._balls: Array | None = None  # [2, 3] of the last pose
        self._planted = [False, False]
        self._places: Array = np.zeros((2, 2))  # x, z of planted balls
        self._glides: Array = np.zeros((2, 2))  # what is left of their speed when they were planted, metres a pose
        self._pulls: Array = np.zeros((2, 2))  # correction of x, z that the last pose got
        self._sink_m = 0.0

    def push(self, motion: MotionChunk) -> MotionChunk:
        """The chunk with planted feet held; as many poses as came in. Chunks must follow one another in time."""
        rotations: Array = motion.rotations.astype(np.float64)
        translation = motion.translation.astype(np.float64)
        world, positions = forward_kinematics(rotations, translation, skeleton.NUM_BODY_JOINTS)
        targets, sinks = positions[:, ANKLES].copy(), np.zeros((len(positions), 3))
        for t, pose in enumerate(positions):
            for side in (0, 1):
                self._step(side, pose[_BALLS[side]], motion.fps)
                targets[t, side, ::2] += self._pulls[side]
            self._balls = pose[list(_BALLS)]
            sinks[t, 1] = -self._sink(pose, targets[t], motion.fps)
        for side in (0, 1):
            rotations = reach(rotations, world, positions + sinks[:, None], side, targets[:, side])
        moved = (translation + sinks).astype(np.float32)
        return replace(motion, rotations=rotations.astype(np.float32), translation=moved)

    def _step(self, side: int, ball: Array, fps: float) -> None:
        """Decide whether one foot is planted and how far it is to be pulled in this pose."""
        before = ball if self._balls is None else self._balls[side]
        speed = float(np.hypot(*(ball - before)[::2])) * fps
        was = self._planted[side]
        now = _stands(was, float(ball[1]) - _BALL_HEIGHT_M, speed)
        if now and not was:
            self._places[side] = before[::2] + self._pulls[side]
            self._glides[side] = (ball - before)[::2]
        self._glides[side] *= _GLIDE
        self._places[side] += self._glides[side]
        pull = self._places[side] - ball[::2]
        self._planted[side] = now and float(np.hypot(*pull)) < _MAX_PULL_M
        self._pulls[side] = pull if self._planted[side] else self._pulls[side] * np.exp(-1 / (_FADE_S * fps))

    def _sink(self, pose: Array, targets: Array, fps: float) -> float:
        """How far the pelvis sinks so that planted feet are within reach; it comes up again slowly."""
        need = 0.0
        for side in (0, 1):
            if self._planted[side]:
                away = targets[side] - pose[HIPS[side]]
                flat = min(float(np.hypot(away[0], away[2])), leg_reach_m(side))
                need = max(need, -float(away[1]) - float(np.sqrt(leg_reach_m(side) ** 2 - flat**2)))
        step = _SINK_M_S / fps
        self._sink_m = float(np.clip(min(need, _MAX_SINK_M), self._sink_m - step, self._sink_m + step))
        return self._sink_m


def planted(motion: MotionChunk) -> NDArray[np.bool_]:
    """Whether the left and the right foot stand on the floor [T, 2]."""
    rotations, translation = (a.astype(np.float64) for a in (motion.rotations, motion.translation))
    balls = forward_kinematics(rotations, translation, skeleton.NUM_BODY_JOINTS)[1][:, _BALLS]
    moves = np.diff(balls[..., ::2], axis=0, prepend=balls[:1, :, ::2])
    speeds = np.linalg.norm(moves, axis=-1) * motion.fps
    stands = np.zeros(speeds.shape, bool)
    for t in range(len(balls)):
        for side in (0, 1):
            was = bool(t and stands[t - 1, side])
            stands[t, side] = _stands(was, float(balls[t, side, 1]) - _BALL_HEIGHT_M, float(speeds[t, side]))
    return stands


def _stands(was: bool, height_m: float, speed_m_s: float) -> bool:
    if was:
        return height_m < _LIFT_HEIGHT_M and speed_m_s < _LIFT_SPEED_M_S
    return height_m < _PLANT_HEIGHT_M and speed_m_s < _PLANT_SPEED_M_S

"""Poses <-> feature frames, in numpy and streaming. Knows no network and no files.

A body frame is 136 numbers: turn about +Y since the last frame (rad), step since the last frame in the heading frame
(x, z, metres), pelvis height (m), the pelvis rotation with its heading taken out (6D), and 21 joint rotations (6D).
Heading and floor position are only differences here, so a decoded body goes on from where it stands.

A hands frame is 30 finger rotations, then those of neck and head (6D): what says much and moves little. The body's
codes leave such movement out (of a nod of 22 degrees 3 were left), so decoded poses take neck and head from here.
"""

from __future__ import annotations

import numpy as np

from solami import skeleton
from solami.body.geometry import (
    Array,
    heading,
    multiply,
    quaternion_to_six,
    rotate,
    six_to_quaternion,
    wrap,
    yaw_quaternion,
)
from solami.errors import TokenizerError
from solami.frames import FloatArray, MotionChunk

TURN, STEP, HEIGHT, TILT = 0, slice(1, 3), 3, slice(4, 10)  # places in a body frame
JOINTS = slice(10, 136)
BODY_DIM = 136
FINGERS_DIM = 6 * skeleton.NUM_FINGER_JOINTS
NODDING = (skeleton.INDEX["neck"], skeleton.INDEX["head"])  # joints of a hands frame behind the fingers
HANDS_DIM = FINGERS_DIM + 6 * len(NODDING)


class FeatureExtractor:
    """Poses in runs of any length -> features; remembers the last pose, and the first one has no turn and no step."""

    def __init__(self) -> None:
        self._last: tuple[Array, Array] | None = None  # heading [1], floor position [1, 3]

    def push(self, motion: MotionChunk) -> tuple[FloatArray, FloatArray]:
        """T poses -> body features [T, 136], hands features [T, 192]."""
        rotations = motion.rotations.astype(np.float64)
        position = motion.translation.astype(np.float64)
        yaw = heading(rotations[:, 0])
        if len(yaw) == 0:
            return np.zeros((0, BODY_DIM), np.float32), np.zeros((0, HANDS_DIM), np.float32)
        last_yaw, last_position = self._last or (yaw[:1], position[:1])
        self._last = yaw[-1:], position[-1:]
        turn = wrap(np.diff(yaw, prepend=last_yaw))
        step = rotate(yaw_quaternion(-yaw), np.diff(position, axis=0, prepend=last_position))
        tilt = quaternion_to_six(multiply(yaw_quaternion(-yaw), rotations[:, 0]))
        joints = quaternion_to_six(rotations[:, 1 : skeleton.NUM_BODY_JOINTS]).reshape(len(yaw), -1)
        body = np.concatenate([turn[:, None], step[:, ::2], position[:, 1:2], tilt, joints], axis=1)
        told = np.concatenate([rotations[:, skeleton.FIRST_FINGER :], rotations[:, NODDING]], axis=1)
        hands = quaternion_to_six(told).reshape(len(yaw), -1)
        return body.astype(np.float32), hands.astype(np.float32)


class PoseIntegrator:
    """Features in runs of any length -> poses, starting over the origin facing +Z and going on from there."""

    def __init__(self) -> None:
        self._yaw = 0.0
        self._position = np.zeros(2)  # x, z

    def push(self, body: FloatArray, hands: FloatArray, fps: float) -> MotionChunk:
        """Body features [T, 136] and hands features [T, 192] -> T poses."""
        if len(body) != len(hands):
            raise TokenizerError(f"got {len(body)} body and {len(hands)} hands frames, expected as many of each")
        yaw = self._yaw + np.cumsum(body[:, TURN].astype(np.float64))
        step = np.zeros((len(body), 3))
        step[:, ::2] = body[:, STEP]
        floor = self._position + np.cumsum(rotate(yaw_quaternion(yaw), step)[:, ::2], axis=0)
        if len(body):
            self._yaw, self._position = float(yaw[-1]), floor[-1]  # not wrapped, which would flip quaternion signs
        return MotionChunk(_rotations(yaw, body, hands), _translation(floor, body), fps)


def _translation(floor: Array, body: FloatArray) -> FloatArray:
    return np.stack([floor[:, 0], body[:, HEIGHT], floor[:, 1]], axis=1).astype(np.float32)


def _rotations(yaw: Array, body: FloatArray, hands: FloatArray) -> FloatArray:
    rotations = np.zeros((len(body), 55, 4))
    rotations[..., 3] = 1.0
    tilt = six_to_quaternion(body[:, TILT].astype(np.float64))
    rotations[:, 0] = multiply(yaw_quaternion(yaw), tilt)
    rotations[:, 1 : skeleton.NUM_BODY_JOINTS] = six_to_quaternion(
        body[:, JOINTS].reshape(len(body), 21, 6).astype(np.float64)
    )
    told = six_to_quaternion(hands.reshape(len(hands), HANDS_DIM // 6, 6).astype(np.float64))
    rotations[:, skeleton.FIRST_FINGER :], rotations[:, NODDING] = np.split(told, [skeleton.NUM_FINGER_JOINTS], axis=1)
    return rotations.astype(np.float32)

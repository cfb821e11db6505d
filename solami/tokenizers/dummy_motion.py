"""A motion tokenizer without weights, for tests of the rooms above. Its codes mean nothing; its poses are smooth.

A code frame becomes four poses of a standing body whose arms follow the code: neighbours in the codebook look alike.
Encoding is a hash of the last pose of each four. Deterministic, and streaming equals whole by construction.
"""

from __future__ import annotations

import numpy as np

from solami import skeleton
from solami.body.geometry import axis_angle_to_quaternion
from solami.errors import TokenizerError
from solami.frames import Codes, FloatArray, IntArray, MotionChunk
from solami.tokenizers.base import CodeSpec, MotionCodes, MotionDecoder, MotionEncoder, MotionTokenizer

_STRIDE = 4
_BODY = CodeSpec("body", 512, 1, 7.5)
_HANDS = CodeSpec("hands", 256, 1, 7.5)


class DummyMotionTokenizer(MotionTokenizer):
    """512 body and 256 hand codes at 7.5 Hz, poses at 30 fps."""

    body_spec = _BODY
    hands_spec = _HANDS
    fps = 30.0

    def encoder(self) -> MotionEncoder:
        return _Encoder()

    def decoder(self) -> MotionDecoder:
        return _Decoder()

    def encode(self, motion: MotionChunk) -> MotionCodes:
        encoder = _Encoder()
        parts = [encoder.push(motion), encoder.flush()]
        return _codes(*(np.concatenate([getattr(p, m).values for p in parts], axis=1) for m in ("body", "hands")))

    def decode(self, codes: MotionCodes) -> MotionChunk:
        return _Decoder().push(codes)


def _codes(body: IntArray, hands: IntArray) -> MotionCodes:
    return MotionCodes(Codes("body", body, _BODY.frame_rate), Codes("hands", hands, _HANDS.frame_rate))


class _Encoder(MotionEncoder):
    def __init__(self) -> None:
        self._held = np.zeros((0, 55, 4), np.float32)

    def push(self, motion: MotionChunk) -> MotionCodes:
        poses = np.concatenate([self._held, motion.rotations])
        ready = len(poses) // _STRIDE * _STRIDE
        self._held = poses[ready:]
        last = poses[_STRIDE - 1 : ready : _STRIDE]
        body = np.abs(last[:, :22]).sum((1, 2)) * 1000 % _BODY.codebook_size
        hands = np.abs(last[:, 25:]).sum((1, 2)) * 1000 % _HANDS.codebook_size
        return _codes(body.astype(np.int32)[None], hands.astype(np.int32)[None])

    def flush(self) -> MotionCodes:
        if not len(self._held):
            return _codes(np.zeros((1, 0), np.int32), np.zeros((1, 0), np.int32))
        short = _STRIDE - len(self._held)
        poses = np.repeat(self._held[-1:], short, axis=0)
        return self.push(MotionChunk(poses, np.zeros((short, 3), np.float32)))


class _Decoder(MotionDecoder):
    def __init__(self) -> None:
        self._past = np.zeros(2, np.float32)  # where the body and hand controls were, 0..1

    def push(self, codes: MotionCodes) -> MotionChunk:
        body, hands = codes.body.values[0], codes.hands.values[0]
        if len(body) != len(hands):
            raise TokenizerError(f"got {len(body)} body and {len(hands)} hand code frames, expected as many of each")
        goals = np.stack([body / _BODY.codebook_size, hands / _HANDS.codebook_size], axis=1).astype(np.float32)
        starts = np.concatenate([self._past[None], goals])[:-1]
        if len(goals):
            self._past = goals[-1]
        steps = (np.arange(1, _STRIDE + 1) / _STRIDE).astype(np.float32)
        control = starts[:, None] + steps[None, :, None] * (goals - starts)[:, None]
        return _pose(control.reshape(-1, 2))


def _pose(control: FloatArray) -> MotionChunk:
    """Control [T, 2] in 0..1 -> arms between hanging and raised, fingers between open and closed."""
    angles = np.zeros((len(control), 55, 3), np.float32)
    angles[:, skeleton.INDEX["left_shoulder"], 2] = -1.2 + 0.3 * control[:, 0]
    angles[:, skeleton.INDEX["right_shoulder"], 2] = 1.2 - 1.2 * control[:, 0]
    angles[:, 25:40, 2] = -1.2 * control[:, 1:]
    angles[:, 40:55, 2] = 1.2 * control[:, 1:]
    translation = np.zeros((len(control), 3), np.float32)
    translation[:, 1] = skeleton.PELVIS_HEIGHT_M
    return MotionChunk(axis_angle_to_quaternion(angles).astype(np.float32), translation)

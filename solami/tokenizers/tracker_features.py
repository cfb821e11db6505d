"""Trackers at 30 fps -> feature frames, in numpy, streaming and batched. Knows no network and no files.

A frame is 38 numbers, metres of the skeleton and in the frame of the headset's heading: head height, head rotation
without its heading (6D), its step since the last frame, its turn, whether it was seen; for each hand its position from
the head, its rotation (6D), how both moved it since the last frame, and whether it was seen. What is not seen is held.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solami.body.geometry import Array, heading, multiply, quaternion_to_six, rotate, wrap, yaw_quaternion
from solami.frames import FloatArray

TRACKER_DIM = 38
_STILL = np.array([0.0, 0.0, 0.0, 1.0])


@dataclass(frozen=True, slots=True, eq=False)
class TrackerFrames:
    """Features, and the frame that they are seen from."""

    features: FloatArray  # [B, T, 38]
    yaw: Array  # [B, T] heading of the headset, radians
    head: Array  # [B, T, 3] world position of the head joint, held where it was not seen
    head_turn: Array  # [B, T, 4] its world rotation, held likewise
    hands: Array  # [B, T, 2, 3] world positions of the wrists; held as seen from the head
    hand_turns: Array  # [B, T, 2, 4]


@dataclass(slots=True)
class _Past:
    """The newest held values, [B, 1, ...] each."""

    head: Array
    head_turn: Array
    hands: Array  # from the head, in its heading frame
    hand_turns: Array


class TrackerFeatures:
    """One batch of running streams."""

    def __init__(self) -> None:
        self._past: _Past | None = None

    def push(self, positions: Array, rotations: Array, valid: NDArray[np.bool_]) -> TrackerFrames:
        """Positions [B, T, 3, 3], unit quaternions [B, T, 3, 4], seen [B, T, 3] -> frames; T >= 1."""
        if self._past is None:  # nothing moved before the first frame
            self._past = _before(len(positions))
            self.push(positions[:, :1], rotations[:, :1], valid[:, :1])
        past = self._past
        head, last_head = _held(positions[..., 0, :], valid[..., 0], past.head)
        turn, last_turn = _held(rotations[..., 0, :], valid[..., 0], past.head_turn)
        yaw, last_yaw = heading(turn), heading(last_turn)
        back = yaw_quaternion(-yaw)
        hands, last_hands = _held(_seen_from(positions, head, back), valid[..., 1:], past.hands)
        hand_turns, _ = _held(multiply(back[..., None, :], rotations[..., 1:, :]), valid[..., 1:], past.hand_turns)
        self._past = _Past(*(a[:, -1:].copy() for a in (head, turn, hands, hand_turns)))
        shape = head.shape[:2]
        parts = [head[..., 1:2], quaternion_to_six(multiply(back, turn)), rotate(back, head - last_head)]
        parts += [wrap(yaw - last_yaw)[..., None], valid[..., :1].astype(head.dtype)]
        per_hand = [hands, quaternion_to_six(hand_turns), hands - last_hands, valid[..., 1:, None].astype(head.dtype)]
        parts.append(np.concatenate(per_hand, axis=-1).reshape(*shape, 26))
        out = yaw_quaternion(yaw)[..., None, :]
        return TrackerFrames(
            np.concatenate(parts, axis=-1).astype(np.float32),
            yaw,
            head,
            turn,
            head[..., None, :] + rotate(out, hands),
            multiply(out, hand_turns),
        )


def _before(batch: int) -> _Past:
    """Before anything is seen: a head as high as the skeleton's, and hands hanging at its sides."""
    head = np.tile(np.array([0.0, 1.568, 0.0]), (batch, 1, 1))
    hands = np.tile(np.array([[0.25, -0.75, 0.0], [-0.25, -0.75, 0.0]]), (batch, 1, 1, 1))
    return _Past(head, np.tile(_STILL, (batch, 1, 1)), hands, np.tile(_STILL, (batch, 1, 2, 1)))


def _seen_from(positions: Array, head: Array, back: Array) -> Array:
    return rotate(back[..., None, :], positions[..., 1:, :] - head[..., None, :])


def _held(values: Array, valid: NDArray[np.bool_], last: Array) -> tuple[Array, Array]:
    """Values [B, T, ..., D] with the unseen replaced by the last seen, and the same one frame earlier."""
    joined = np.concatenate([last, values], axis=1)
    seen = np.concatenate([np.ones_like(valid[:, :1]), valid], axis=1)
    steps = np.arange(seen.shape[1]).reshape(1, -1, *(1,) * (seen.ndim - 2))
    newest = np.maximum.accumulate(np.where(seen, steps, 0), axis=1)
    held = np.take_along_axis(joined, newest[..., None], axis=1)
    return held[:, 1:], held[:, :-1]

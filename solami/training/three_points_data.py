"""Trackers made from captured motion: what a headset and two controllers would have said, and what they would lose.

`simulate` makes a whole recording as a device gives it (72 Hz with jitter, dropouts, another height, mounts that sit
askew); `TrackerWindows` draws training windows at 30 fps with the same faults.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solami import skeleton
from solami.body.geometry import Array, axis_angle_to_quaternion, multiply, rotate, slerp, yaw_quaternion
from solami.body.kinematics import forward_kinematics
from solami.body.trackers import TrackerChunk, tracker_chunk
from solami.body.variation import mirrored
from solami.frames import FloatArray, MotionChunk
from solami.strict import Strict

_INDEX = skeleton.INDEX
TRACKED = (_INDEX["head"], _INDEX["left_wrist"], _INDEX["right_wrist"])
_BODY = skeleton.NUM_BODY_JOINTS


class Faults(Strict):
    """How real devices differ from joints."""

    rate_hz: float = 72.0
    jitter_s: float = 0.002  # of the time stamps, one standard deviation
    mount_m: float = 0.015  # how far a device sits from where it is thought to
    mount_deg: float = 4.0
    noise_m: float = 0.0015
    noise_deg: float = 0.3
    dropouts_per_minute: float = 6.0  # of each controller
    dropout_s: float = 0.6  # mean length
    size_error: float = 0.02  # of the estimated height


def joint_poses(motion: MotionChunk) -> tuple[Array, Array]:
    """World positions [T, 3, 3] and rotations [T, 3, 4] of head and wrists."""
    turns, places = forward_kinematics(
        motion.rotations.astype(np.float64), motion.translation.astype(np.float64), _BODY
    )
    return places[:, TRACKED], turns[:, TRACKED]


def simulate(motion: MotionChunk, height: float, faults: Faults, generator: np.random.Generator) -> TrackerChunk:
    """What the devices of a person `height` times as tall as the skeleton say while they move like this."""
    places, turns = joint_poses(motion)
    end_s = (len(places) - 1) / motion.fps
    count = max(1, int(end_s * faults.rate_hz))
    times = np.arange(count) / faults.rate_hz + generator.normal(0, faults.jitter_s, count)
    times = np.clip(np.maximum.accumulate(times), 0, end_s) + 1e-5 * np.arange(count)
    at = np.clip(times * motion.fps, 0, len(places) - 1)
    low = np.minimum(at.astype(np.int64), max(len(places) - 2, 0))
    high, part = np.minimum(low + 1, len(places) - 1), (at - low)[:, None]
    places = height * (places[low] + part[..., None] * (places[high] - places[low]))
    turns = slerp(turns[low], turns[high], np.clip(part, 0, 1) * np.ones(3))
    valid = np.concatenate([np.ones((count, 1), np.bool_), _seen(1, count, faults.rate_hz, faults, generator)[0]], 1)
    places, turns = _askew(places[None], turns[None], faults, generator)
    return tracker_chunk(places[0], turns[0], times, valid)


def _seen(batch: int, count: int, rate_hz: float, faults: Faults, generator: np.random.Generator) -> NDArray[np.bool_]:
    """Whether each controller is tracked [B, T, 2]: dropouts begin at random and last an exponential time."""
    lost = np.zeros((batch, count, 2), np.bool_)
    starts = np.argwhere(generator.random(lost.shape) < faults.dropouts_per_minute / 60 / rate_hz)
    for row, start, hand in starts:
        length = 1 + int(generator.exponential(faults.dropout_s) * rate_hz)
        lost[row, start : start + length, hand] = True
    return ~lost


def _askew(places: Array, turns: Array, faults: Faults, generator: np.random.Generator) -> tuple[Array, Array]:
    """Poses [B, T, 3, ...] of devices that sit a little off their joints, and tremble."""
    batch, count = places.shape[:2]
    offset = generator.normal(0, faults.mount_m, (batch, 1, 3, 3))
    tilt = axis_angle_to_quaternion(np.radians(generator.normal(0, faults.mount_deg / 1.7, (batch, 1, 3, 3))))
    shake = axis_angle_to_quaternion(np.radians(generator.normal(0, faults.noise_deg / 1.7, (batch, count, 3, 3))))
    places = places + rotate(turns, np.broadcast_to(offset, places.shape))
    places = places + generator.normal(0, faults.noise_m, places.shape)
    return places, multiply(multiply(turns, np.broadcast_to(tilt, turns.shape)), shake)


@dataclass(frozen=True)
class TrackedClip:
    """One clip, ready for training."""

    places: FloatArray  # [T, 3, 3] of head and wrists
    turns: FloatArray  # [T, 3, 4]
    rotations: FloatArray  # [T, 22, 4] parent-relative, the pelvis in the world
    joints: FloatArray  # [T, 22, 3] world positions


@dataclass(frozen=True)
class Window:
    """A batch of training windows."""

    places: Array  # [B, T, 3, 3] trackers with their faults
    turns: Array  # [B, T, 3, 4]
    valid: NDArray[np.bool_]  # [B, T, 3]
    rotations: FloatArray  # [B, T, 22, 4]
    joints: FloatArray  # [B, T, 22, 3]


def tracked(motion: MotionChunk) -> TrackedClip:
    """A clip with everything the trackers and the losses need."""
    turns, joints = forward_kinematics(
        motion.rotations.astype(np.float64), motion.translation.astype(np.float64), _BODY
    )
    arrays = (joints[:, TRACKED], turns[:, TRACKED], motion.rotations[:, :_BODY], joints)
    return TrackedClip(*(np.ascontiguousarray(a, dtype=np.float32) for a in arrays))


class TrackerWindows:
    """Windows of a pack's clips, drawn in proportion to length."""

    def __init__(self, clips: list[TrackedClip], frames: int, faults: Faults) -> None:
        self._clips = [clip for clip in clips if len(clip.joints) >= frames]
        self._frames, self._faults = frames, faults
        lengths = np.array([len(clip.joints) for clip in self._clips], np.float64)
        self._shares = lengths / max(lengths.sum(), 1.0)

    def __len__(self) -> int:
        return len(self._clips)

    def draw(self, count: int, generator: np.random.Generator) -> Window:
        """`count` windows with fresh faults."""
        chosen = [self._clips[i] for i in generator.choice(len(self._clips), count, p=self._shares)]
        starts = [int(generator.integers(0, len(clip.joints) - self._frames + 1)) for clip in chosen]

        def stacked(name: str) -> FloatArray:
            parts = [getattr(c, name)[s : s + self._frames] for c, s in zip(chosen, starts, strict=True)]
            return np.stack(parts).astype(np.float32)

        faults = self._faults
        size = generator.normal(1.0, faults.size_error, (count, 1, 1, 1))
        places, turns = _askew(stacked("places") * size, stacked("turns"), faults, generator)
        head = np.ones((count, self._frames, 1), np.bool_)
        hands = _seen(count, self._frames, 30.0, faults, generator)
        hands &= generator.random((count, 1, 2)) > 0.03  # a controller that is never picked up
        return Window(places, turns, np.concatenate([head, hands], 2), stacked("rotations"), stacked("joints"))


def seated(motion: MotionChunk, generator: np.random.Generator) -> MotionChunk:
    """The same upper body on a chair: the pelvis stays over one place, thighs level, shins down."""
    rotations = motion.rotations.copy()
    spread, forward = np.radians(generator.uniform(2, 14)), np.radians(generator.uniform(-95, -75))
    for side, sign in (("left", 1.0), ("right", -1.0)):
        thigh = multiply(yaw_quaternion(np.array(sign * spread)), axis_angle_to_quaternion(np.array([forward, 0, 0])))
        shin = axis_angle_to_quaternion(np.array([np.radians(generator.uniform(70, 105)), 0, 0]))
        for joint, turn in (("hip", thigh), ("knee", shin), ("ankle", np.array([0.0, 0, 0, 1]))):
            rotations[:, _INDEX[f"{side}_{joint}"]] = turn
    translation = motion.translation * 0.3
    translation[:, 1] = generator.uniform(0.46, 0.56) + (motion.translation[:, 1] - motion.translation[0, 1]) * 0.3
    return MotionChunk(rotations.astype(np.float32), translation.astype(np.float32), motion.fps)


def with_mirror(motion: MotionChunk) -> list[MotionChunk]:
    """The motion and its mirror image."""
    return [motion, mirrored(motion)]

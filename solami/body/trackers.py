"""Three points of a user: headset and two controllers, as values. Solves no body; files are `tracker_files`'.

Their axes are either of:

- `joints`: the poses of the head joint and the wrists; all rotations are identity in a T-pose that faces +Z.
- `openxr`: a headset's view pose and the controllers' grip poses (https://registry.khronos.org/OpenXR/, 6.3 and 6.4).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from solami.body.geometry import Array, conjugate, multiply, normalise, rotate
from solami.errors import InputError
from solami.frames import FloatArray

TrackerAxes = Literal["joints", "openxr"]
TRACKERS = ("head", "left", "right")
NUM_FINGERS = 30  # joints, as a pose ends with them: left, then right
_FARTHEST_M = 1000.0
# From a joint to its device, in the joint's axes; the grip's axes follow from a flat hand, palm down, in the T-pose.
_TURNS = np.array(
    [[0.0, 1.0, 0.0, 0.0], [-np.sqrt(0.5), np.sqrt(0.5), 0.0, 0.0], [np.sqrt(0.5), np.sqrt(0.5), 0.0, 0.0]]
)
_OFFSETS_M = np.array([[0.0, 0.045, 0.08], [0.08, -0.03, 0.0], [-0.08, -0.03, 0.0]])


@dataclass(frozen=True, slots=True, eq=False)
class TrackerChunk:
    """A run of samples of head, left wrist and right wrist, in this order, in the axes of the joints."""

    positions: FloatArray  # [T, 3, 3] metres, Y up, floor at y = 0
    rotations: FloatArray  # [T, 3, 4] unit quaternions xyzw in the world
    times: NDArray[np.float64]  # [T] seconds, growing
    valid: NDArray[np.bool_]  # [T, 3] whether the tracker was seen; what it says otherwise is ignored
    fingers: FloatArray | None = None  # [T, 30, 4] local rotations relative to the T-pose; zeros where not seen

    def __post_init__(self) -> None:
        count = len(self.times)
        wanted = ((count, 3, 3), (count, 3, 4), (count,), (count, 3))
        arrays = (self.positions, self.rotations, self.times, self.valid)
        if tuple(a.shape for a in arrays) != wanted:
            got = [list(a.shape) for a in arrays]
            raise InputError(f"trackers: got shapes {got}, expected [T,3,3], [T,3,4], [T] and [T,3] of one T")
        if self.fingers is not None:
            _check_fingers(self.fingers, count)
            self.fingers.setflags(write=False)
        _check_values(self.positions, self.rotations, self.times, self.valid)
        for array in arrays:
            array.setflags(write=False)

    @property
    def count(self) -> int:
        """Samples."""
        return len(self.times)

    def cut(self, start: int, stop: int) -> TrackerChunk:
        """Samples start..stop."""
        part = slice(start, stop)
        fingers = None if self.fingers is None else self.fingers[part]
        return TrackerChunk(self.positions[part], self.rotations[part], self.times[part], self.valid[part], fingers)


def tracker_chunk(
    positions: Array, rotations: Array, times: Array, valid: NDArray[np.bool_], fingers: Array | None = None
) -> TrackerChunk:
    """Arrays as a chunk: unit quaternions, and zeros for what was not seen. Raises InputError for what cannot be."""
    _check_values(positions, rotations, times, valid)
    seen = valid[..., None]
    still = np.array([0.0, 0.0, 0.0, 1.0])
    return TrackerChunk(
        np.where(seen, positions, 0.0).astype(np.float32),
        np.where(seen, normalise(np.where(seen, rotations, still)), still).astype(np.float32),
        np.array(times, np.float64),
        np.array(valid, np.bool_),
        None if fingers is None else _unit_fingers(fingers, len(times)),
    )


def _unit_fingers(fingers: Array, count: int) -> FloatArray:
    """Unit quaternions, and zeros for what was not seen."""
    _check_fingers(fingers, count)
    lengths = np.linalg.norm(fingers, axis=-1, keepdims=True)
    seen = lengths > 0.5
    if (np.abs(lengths - 1)[seen] > 0.1).any():
        raise InputError("trackers: fingers must be unit quaternions xyzw, or zeros where they were not seen")
    return np.where(seen, fingers / np.where(seen, lengths, 1.0), 0.0).astype(np.float32)


def _check_fingers(fingers: Array, count: int) -> None:
    if fingers.shape != (count, NUM_FINGERS, 4) or not np.isfinite(fingers).all():
        raise InputError(f"trackers: got fingers {list(fingers.shape)}, expected finite [{count},{NUM_FINGERS},4]")


def _check_values(positions: Array, rotations: Array, times: Array, valid: NDArray[np.bool_]) -> None:
    if not np.isfinite(times).all() or (np.diff(times) <= 0).any():
        raise InputError("trackers: t must be finite and grow from sample to sample; drop repeated samples")
    seen = valid[..., None]
    bad = seen[..., 0] & ~(
        (np.isfinite(positions) & (np.abs(positions) < _FARTHEST_M)).all(-1) & np.isfinite(rotations).all(-1)
    )
    if bad.any():
        sample, tracker = np.argwhere(bad)[0]
        raise InputError(
            f"trackers: {int(bad.sum())} valid poses are NaN or beyond {_FARTHEST_M:g} m, first {TRACKERS[tracker]} "
            f"at sample {sample}; mark what was not tracked in valid"
        )
    lengths = np.linalg.norm(np.where(seen, rotations, 0.5), axis=-1)
    if (np.abs(lengths - 1) > 0.1).any():
        raise InputError("trackers: rotations must be unit quaternions xyzw; a length is off by more than a tenth")


def from_openxr(chunk: TrackerChunk) -> TrackerChunk:
    """View and grip poses as the poses of head joint and wrists, with the devices where they usually sit."""
    rotations = multiply(chunk.rotations.astype(np.float64), conjugate(_TURNS))
    positions = chunk.positions - rotate(rotations, np.broadcast_to(_OFFSETS_M, chunk.positions.shape))
    return tracker_chunk(positions, rotations, chunk.times, chunk.valid, chunk.fingers)


def to_openxr(chunk: TrackerChunk) -> TrackerChunk:
    """The inverse of `from_openxr`: what devices on these joints would say."""
    joints = chunk.rotations.astype(np.float64)
    positions = chunk.positions + rotate(joints, np.broadcast_to(_OFFSETS_M, chunk.positions.shape))
    rotations = multiply(joints, np.broadcast_to(_TURNS, joints.shape))
    return tracker_chunk(positions, rotations, chunk.times, chunk.valid, chunk.fingers)


def guess_axes(chunk: TrackerChunk) -> TrackerAxes:
    """`openxr` if the left controller is mostly on the headset's -X side, where the joints' left is +X."""
    across = chunk.positions[:, 1] - chunk.positions[:, 2]
    side = rotate(chunk.rotations[:, 0], np.broadcast_to(np.array([1.0, 0, 0], np.float32), across.shape))
    lateral = (across * side).sum(-1)[chunk.valid.all(-1)]
    return "openxr" if len(lateral) and np.median(lateral) < 0 else "joints"

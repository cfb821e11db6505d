"""Three points of a user: headset and two controllers, as values and as files. Solves no body.

A file is an npz of plain arrays: `head, left, right` [T, 7] (x, y, z in metres, then quaternion xyzw; Y up, floor at
y = 0), `t` [T] seconds, `valid` [T, 3] (head, left, right; absent: all are), and `axes`, which may be absent:

- `joints`: the poses of the head joint and the wrists; all rotations are identity in a T-pose that faces +Z.
- `openxr`: a headset's view pose and the controllers' grip poses (https://registry.khronos.org/OpenXR/, 6.3 and 6.4).

A file that does not say is told apart by the side of the headset on which the left controller is. `fingers`
[T, 30, 4], which may be absent, are rotations of the finger joints like a pose's; all zero where they were not seen.
"""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from solami.body.geometry import Array, conjugate, multiply, normalise, rotate
from solami.body.npz import BROKEN_ARCHIVE, read_member
from solami.errors import InputError
from solami.frames import FloatArray

TrackerAxes = Literal["joints", "openxr"]
TRACKERS = ("head", "left", "right")
NUM_FINGERS = 30  # joints, as a pose ends with them: left, then right
_KEYS = (*TRACKERS, "t", "valid", "axes", "fingers")
_MAX_SAMPLES = 1_000_000
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


def is_tracker_file(path: Path) -> bool:
    """Whether this is an npz with the three points' keys."""
    try:
        with zipfile.ZipFile(path) as archive:
            return {f"{name}.npy" for name in TRACKERS} <= set(archive.namelist())
    except (OSError, zipfile.BadZipFile):
        return False


def read_trackers(path: Path, axes: TrackerAxes | None = None) -> TrackerChunk:
    """Read a file and bring it to the axes of the joints; `axes` overrides what the file says.

    Raises:
        InputError: not an npz of plain arrays, a key is missing, a shape or value cannot be used.
    """
    arrays = _load(path)
    missing = [name for name in (*TRACKERS, "t") if name not in arrays]
    if missing:
        raise InputError(f"{path}: no {', '.join(missing)}; expected head, left, right [T,7], t [T], valid [T,3]")
    poses, times = [arrays[name] for name in TRACKERS], arrays["t"]
    count = len(times) if times.ndim == 1 else -1
    valid = arrays.get("valid", np.ones((max(count, 0), 3), np.bool_))
    if any(p.shape != (count, 7) for p in poses) or valid.shape != (count, 3) or not 1 <= count <= _MAX_SAMPLES:
        got = {name: list(array.shape) for name, array in arrays.items() if name not in ("axes", "fingers")}
        raise InputError(f"{path}: got {got}, expected head, left, right [T,7], t [T] and valid [T,3] of one T >= 1")
    fingers = arrays.get("fingers")
    if any(array.dtype.kind not in "fiub" for array in (*poses, times, valid, *([] if fingers is None else [fingers]))):
        raise InputError(f"{path}: head, left, right, t, valid and fingers must be numbers")
    stacked = np.stack(poses, axis=1).astype(np.float64)
    try:
        times, valid = times.astype(np.float64), valid.astype(np.bool_)
        chunk = tracker_chunk(stacked[..., :3], stacked[..., 3:], times, valid, fingers)
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    return from_openxr(chunk) if (axes or _said(path, arrays) or guess_axes(chunk)) == "openxr" else chunk


def _said(path: Path, arrays: dict[str, NDArray[Any]]) -> TrackerAxes | None:
    if "axes" not in arrays:
        return None
    if (said := str(arrays["axes"])) not in get_args(TrackerAxes):
        raise InputError(f"{path}: axes is {said!r}, expected one of {', '.join(get_args(TrackerAxes))}")
    return said  # type: ignore[return-value]


def write_trackers(path: Path, chunk: TrackerChunk) -> None:
    """Write a chunk as a file of the axes `joints`."""
    poses = np.concatenate([chunk.positions, chunk.rotations], axis=-1)
    head, left, right = (poses[:, i] for i in range(3))
    arrays = {"t": chunk.times, "valid": chunk.valid, "axes": np.array("joints")}
    arrays |= {} if chunk.fingers is None else {"fingers": chunk.fingers}
    np.savez_compressed(path, head=head, left=left, right=right, allow_pickle=False, **arrays)


def _load(path: Path) -> dict[str, NDArray[Any]]:
    try:
        with path.open("rb") as file:
            archive = np.load(file, allow_pickle=False)
            if not isinstance(archive, np.lib.npyio.NpzFile):
                raise InputError(f"{path}: a single array, expected an .npz with head, left, right and t")
            return {name: read_member(path, archive, name) for name in _KEYS if name in archive.files}
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror or error}); give an .npz of trackers") from error
    except BROKEN_ARCHIVE as error:
        raise InputError(f"{path}: not an .npz of plain arrays ({error}); pickled files are refused") from error

"""Three points of a user as files: an npz of plain arrays.

`head, left, right` [T, 7] (x, y, z in metres, then quaternion xyzw; Y up, floor at y = 0), `t` [T] seconds, `valid`
[T, 3] (head, left, right; absent: all are), and `axes`, which may be absent: `joints` or `openxr`, as in `trackers`. A
file that does not say is told apart by the side of the headset on which the left controller is. `fingers` [T, 30, 4],
which may be absent, are rotations of the finger joints like a pose's; all zero where they were not seen.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from solami.body.npz import BROKEN_ARCHIVE, read_member
from solami.body.trackers import TRACKERS, TrackerAxes, TrackerChunk, from_openxr, guess_axes, tracker_chunk
from solami.errors import InputError

_KEYS = (*TRACKERS, "t", "valid", "axes", "fingers")
_MAX_SAMPLES = 1_000_000


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

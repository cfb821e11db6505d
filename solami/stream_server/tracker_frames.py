"""Three points on the wire: a headset's view pose and two grip poses, as OpenXR and WebXR give them.

A sample is `SAMPLE_FLOATS` little-endian float32: x, y, z in metres, then x, y, z, w, then 1 if it is tracked or 0 if
not, of head, left and right. Samples follow one another at the declared rate.
"""

from __future__ import annotations

import numpy as np

from solami.body.trackers import TrackerChunk, from_openxr, to_openxr, tracker_chunk
from solami.errors import InputError, ProtocolError

SAMPLE_FLOATS = 3 * 8
SAMPLE_BYTES = 4 * SAMPLE_FLOATS


def unpack_trackers(payload: bytes, fps: float, start_s: float) -> TrackerChunk:
    """Wire bytes to samples in the axes of the joints; the first is of `start_s`.

    Raises:
        ProtocolError: `invalid_motion` on a wrong length, NaN where tracked, or quaternions far from unit.
    """
    if not payload or len(payload) % SAMPLE_BYTES:
        expected = f"a multiple of {SAMPLE_BYTES} (head, left, right: 8 float32 each)"
        raise ProtocolError("invalid_motion", f"A three-point payload has {expected} bytes; got {len(payload)}.")
    flat = np.frombuffer(payload, "<f4").reshape(-1, 3, 8).astype(np.float64)
    times = start_s + np.arange(len(flat)) / fps
    try:
        return from_openxr(tracker_chunk(flat[..., :3], flat[..., 3:7], times, flat[..., 7] > 0.5))
    except InputError as error:
        raise ProtocolError("invalid_motion", f"The three points cannot be used: {error}.") from error


def pack_trackers(trackers: TrackerChunk) -> bytes:
    """Samples in the axes of the joints to wire bytes; their times are not sent."""
    devices = to_openxr(trackers)
    seen = devices.valid[..., None].astype(np.float32)
    return np.concatenate([devices.positions, devices.rotations, seen], axis=-1).astype("<f4").tobytes()

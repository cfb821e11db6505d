"""Three points on the wire: a headset's view pose and two grip poses, as OpenXR and WebXR give them.

A sample is `SAMPLE_FLOATS` little-endian float32: x, y, z in metres, then x, y, z, w, then 1 if it is tracked or 0 if
not, of head, left and right. With fingers the rotations x, y, z, w of their 30 joints follow, as a pose ends with them,
all zero where they are not seen. Samples follow one another at the declared rate.
"""

from __future__ import annotations

import numpy as np

from solami.body.trackers import NUM_FINGERS, TrackerChunk, from_openxr, to_openxr, tracker_chunk
from solami.errors import InputError, ProtocolError

SAMPLE_FLOATS = 3 * 8
FINGER_FLOATS = 4 * NUM_FINGERS


def unpack_trackers(payload: bytes, fps: float, start_s: float, *, has_fingers: bool = False) -> TrackerChunk:
    """Wire bytes to samples in the axes of the joints; the first is of `start_s`.

    Raises:
        ProtocolError: `invalid_motion` on a wrong length, NaN where tracked, or quaternions far from unit.
    """
    floats = SAMPLE_FLOATS + FINGER_FLOATS * has_fingers
    if not payload or len(payload) % (4 * floats):
        rest = f", then {FINGER_FLOATS} of the fingers" * has_fingers
        expected = f"a multiple of {4 * floats} (head, left, right: 8 float32 each{rest})"
        raise ProtocolError("invalid_motion", f"A three-point payload has {expected} bytes; got {len(payload)}.")
    samples = np.frombuffer(payload, "<f4").reshape(-1, floats).astype(np.float64)
    flat = samples[:, :SAMPLE_FLOATS].reshape(-1, 3, 8)
    fingers = samples[:, SAMPLE_FLOATS:].reshape(-1, NUM_FINGERS, 4) if has_fingers else None
    times = start_s + np.arange(len(flat)) / fps
    try:
        return from_openxr(tracker_chunk(flat[..., :3], flat[..., 3:7], times, flat[..., 7] > 0.5, fingers))
    except InputError as error:
        raise ProtocolError("invalid_motion", f"The three points cannot be used: {error}.") from error


def pack_trackers(trackers: TrackerChunk) -> bytes:
    """Samples in the axes of the joints to wire bytes; their times are not sent."""
    devices = to_openxr(trackers)
    seen = devices.valid[..., None].astype(np.float32)
    points = np.concatenate([devices.positions, devices.rotations, seen], axis=-1).reshape(trackers.count, -1)
    if trackers.fingers is not None:
        points = np.concatenate([points, trackers.fingers.reshape(trackers.count, -1)], axis=-1)
    return points.astype("<f4").tobytes()

"""Poses on the wire: VRM 1.0 humanoid bones, local quaternions relative to the T-pose, translation on hips only.

The one place where SMPL-X poses become wire poses and back. Both rest in a T-pose with identity local rotations, both
are right-handed with Y up, and the 55 joints match one to one (`solami.skeleton`), so values move and nothing turns.
A pose is `POSE_FLOATS` little-endian float32: hips x, y, z in metres, then x, y, z, w of each bone in `BONES` order.
VRM 1.0 humanoid: https://github.com/vrm-c/vrm-specification/blob/master/specification/VRMC_vrm-1.0/humanoid.md
"""

from __future__ import annotations

import numpy as np

from solami.errors import ProtocolError
from solami.frames import NUM_JOINTS, FloatArray, MotionChunk
from solami.skeleton import VRM_BONES

BONES: tuple[str, ...] = VRM_BONES  # bone i of the wire is joint i of SMPL-X
POSE_FLOATS = 3 + 4 * NUM_JOINTS
POSE_BYTES = 4 * POSE_FLOATS
FARTHEST_M = 10_000.0  # of any hips: beyond it float32 is too coarse to move, and squares of it overflow


def pack_poses(motion: MotionChunk) -> bytes:
    """Poses of a chunk as wire bytes."""
    flat = np.concatenate([motion.translation, motion.rotations.reshape(len(motion.rotations), -1)], axis=1)
    return flat.astype("<f4").tobytes()


def unpack_poses(payload: bytes, fps: float, start_sample: int = 0) -> MotionChunk:
    """Wire bytes to poses.

    Raises:
        ProtocolError: `invalid_motion` on a wrong bone count, on NaN or infinity, or on quaternions far from unit.
    """
    if not payload or len(payload) % POSE_BYTES:
        expected = f"a multiple of {POSE_BYTES} ({NUM_JOINTS} bones: 3 + 4 x {NUM_JOINTS} float32 a pose)"
        raise ProtocolError("invalid_motion", f"A motion payload has {expected} bytes; got {len(payload)}.")
    flat = np.frombuffer(payload, "<f4").reshape(-1, POSE_FLOATS).astype(np.float32)
    if not np.isfinite(flat).all():
        raise ProtocolError("invalid_motion", "Poses must be finite; got NaN or infinity.")
    if np.abs(flat[:, :3]).max() > FARTHEST_M:
        raise ProtocolError("invalid_motion", f"Hips lie within {FARTHEST_M:g} m of the origin on every axis.")
    rotations = flat[:, 3:].reshape(len(flat), NUM_JOINTS, 4)
    return MotionChunk(_unit(rotations), np.ascontiguousarray(flat[:, :3]), fps, start_sample)


def _unit(rotations: FloatArray) -> FloatArray:
    """Normalise quaternions [T, J, 4]; refuse those whose length is off by more than a tenth."""
    norms = np.linalg.norm(rotations.astype(np.float64), axis=-1, keepdims=True)  # squares of float32 may overflow
    if np.abs(norms - 1.0).max() > 0.1:
        raise ProtocolError("invalid_motion", "Bone rotations must be unit quaternions xyzw.")
    return np.ascontiguousarray(rotations / norms, dtype=np.float32)

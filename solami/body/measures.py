"""How far one motion is from another: the measures of tokenizers and roundtrips, one definition each.

MPJPE: 22 body joints by forward kinematics on the rest skeleton, pelvis subtracted, no rotation alignment.
"""

from __future__ import annotations

import numpy as np

from solami import skeleton
from solami.body.geometry import Array, angle_between
from solami.body.kinematics import forward_kinematics
from solami.frames import FloatArray, MotionChunk

_SKATE_HEIGHT_M = 0.05
_SKATE_SPEED_M_S = 0.5  # https://arxiv.org/abs/2305.12577 calls 2.5 cm a frame at 20 fps skating


def body_positions(motion: MotionChunk) -> Array:
    """Positions [T, 22, 3] of the body joints in the world, metres."""
    _, positions = forward_kinematics(
        motion.rotations.astype(np.float64), motion.translation.astype(np.float64), skeleton.NUM_BODY_JOINTS
    )
    return positions


def joint_errors_mm(motion: MotionChunk, other: MotionChunk) -> FloatArray:
    """Mean distance [T] of the body joints, pelvis subtracted; its mean is MPJPE."""
    a, b = (p - p[:, :1] for p in (body_positions(motion), body_positions(other)))
    return (1000 * np.linalg.norm(a - b, axis=-1).mean(axis=-1)).astype(np.float32)


def aligned_errors_mm(motion: MotionChunk, other: MotionChunk) -> FloatArray:
    """Mean distance [T] of the body joints after the best rotation, scale and shift a frame; its mean is PA-MPJPE."""
    a, b = (p - p.mean(axis=1, keepdims=True) for p in (body_positions(motion), body_positions(other)))
    u, s, vt = np.linalg.svd(np.einsum("tji,tjk->tik", b, a))
    sign = np.ones((len(a), 3))
    sign[:, 2] = np.sign(np.linalg.det(u @ vt))
    scale = (s * sign).sum(-1) / np.maximum((b**2).sum((1, 2)), 1e-12)
    fitted = scale[:, None, None] * (b @ (u * sign[:, None, :]) @ vt)
    return (1000 * np.linalg.norm(a - fitted, axis=-1).mean(axis=-1)).astype(np.float32)


def rotation_errors_deg(motion: MotionChunk, other: MotionChunk, joints: slice) -> FloatArray:
    """Mean angle [T] between the parent-relative rotations of some joints."""
    a, b = (m.rotations[:, joints].astype(np.float64) for m in (motion, other))
    return np.degrees(angle_between(a, b)).mean(axis=-1).astype(np.float32)


def foot_skate_ratio(motion: MotionChunk) -> float:
    """Share of pose pairs in which a foot within 5 cm of the floor slides faster than 0.5 m/s."""
    feet = [skeleton.INDEX["left_foot"], skeleton.INDEX["right_foot"]]
    positions = body_positions(motion)[:, feet] - np.array([0, skeleton.CONTACT_HEIGHTS_M[-1], 0])
    if len(positions) < 2:
        return 0.0
    low = np.maximum(positions[1:, :, 1], positions[:-1, :, 1]) < _SKATE_HEIGHT_M
    fast = np.linalg.norm(np.diff(positions[..., ::2], axis=0), axis=-1) * motion.fps > _SKATE_SPEED_M_S
    return float((low & fast).any(axis=-1).mean())


BODY = slice(0, skeleton.NUM_BODY_JOINTS)
FINGERS = slice(skeleton.FIRST_FINGER, None)


def compare(motion: MotionChunk, other: MotionChunk) -> dict[str, float]:
    """The measures of `other` against `motion`, pooled over poses."""
    return {
        "mpjpe_mm": float(joint_errors_mm(motion, other).mean()),
        "pa_mpjpe_mm": float(aligned_errors_mm(motion, other).mean()),
        "rotation_error_deg": float(rotation_errors_deg(motion, other, BODY).mean()),
        "hand_error_deg": float(rotation_errors_deg(motion, other, FINGERS).mean()),
        "foot_skate_ratio": foot_skate_ratio(other),
    }

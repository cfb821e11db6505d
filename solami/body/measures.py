"""How far one motion is from another: the measures of tokenizers and roundtrips, one definition each.

MPJPE: 22 body joints by forward kinematics on the rest skeleton, pelvis subtracted, no rotation alignment.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solami import skeleton
from solami.body.geometry import Array, angle_between
from solami.body.kinematics import forward_kinematics
from solami.frames import FloatArray, MotionChunk

STANDS_BELOW_M, STANDS_BELOW_M_S = 0.05, 0.25
SLIDE_FLOOR_M_S = 0.01


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


def foot_skate_ratio(motion: MotionChunk, other: MotionChunk) -> float:
    """How much faster feet slide in `other` than in `motion` while they stand in `motion`: 1 is as planted as it was.

    A foot stands where it is within 5 cm of the floor and slower than 0.25 m/s; 1 cm/s is added to both speeds, so that
    a source that does not slide at all does not divide by nothing. 1 where no foot ever stands.
    """
    speed, shown = standing_speeds_m_s(motion, other)
    if not len(speed):
        return 1.0
    return float((shown.mean() + SLIDE_FLOOR_M_S) / (speed.mean() + SLIDE_FLOOR_M_S))


def standing_speeds_m_s(motion: MotionChunk, other: MotionChunk) -> tuple[FloatArray, FloatArray]:
    """Horizontal speeds [N] of feet in `motion` and in `other`, wherever they stand in `motion`."""
    (speed, low), (shown, _) = _foot_speed(motion), _foot_speed(other)
    stands = low & (speed < STANDS_BELOW_M_S)
    return speed[stands].astype(np.float32), shown[stands].astype(np.float32)


def _foot_speed(motion: MotionChunk) -> tuple[Array, NDArray[np.bool_]]:
    """Horizontal speed [T-1, 2] of both feet in m/s, and whether each is near the floor."""
    feet = [skeleton.INDEX["left_foot"], skeleton.INDEX["right_foot"]]
    positions = body_positions(motion)[:, feet] - np.array([0, skeleton.CONTACT_HEIGHTS_M[-1], 0])
    low = np.maximum(positions[1:, :, 1], positions[:-1, :, 1]) < STANDS_BELOW_M
    return np.linalg.norm(np.diff(positions[..., ::2], axis=0), axis=-1) * motion.fps, low


def acceleration_errors_m_s2(motion: MotionChunk, other: MotionChunk) -> FloatArray:
    """Mean distance [T-2] of the body joints' accelerations in the world."""
    a, b = (np.diff(body_positions(m), n=2, axis=0) * m.fps**2 for m in (motion, other))
    return np.linalg.norm(a - b, axis=-1).mean(axis=-1).astype(np.float32)


BODY = slice(0, skeleton.NUM_BODY_JOINTS)
FINGERS = slice(skeleton.FIRST_FINGER, None)


def compare(motion: MotionChunk, other: MotionChunk) -> dict[str, float]:
    """The measures of `other` against `motion`, pooled over poses."""
    return {
        "mpjpe_mm": float(joint_errors_mm(motion, other).mean()),
        "pa_mpjpe_mm": float(aligned_errors_mm(motion, other).mean()),
        "rotation_error_deg": float(rotation_errors_deg(motion, other, BODY).mean()),
        "hand_error_deg": float(rotation_errors_deg(motion, other, FINGERS).mean()),
        "foot_skate_ratio": foot_skate_ratio(motion, other),
        "acceleration_error_m_s2": float(acceleration_errors_m_s2(motion, other).mean()),
    }

"""Writes motion as BVH, in centimetres, Euler angles in the order Z X Y. Reading is in `bvh_read`."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from solami import skeleton
from solami.body.geometry import Array, quaternion_to_matrix
from solami.frames import MotionChunk

_CM = 100.0
_TIP_M = (0.0, 0.02, 0.0)  # an end site must not be at its joint


def write_bvh(path: Path, motion: MotionChunk) -> None:
    """Write all 55 joints; the root's offset is zero and its channels hold the pelvis position."""
    order: list[int] = []
    lines = ["HIERARCHY", *_joint(0, 0, order), "MOTION", f"Frames: {len(motion.rotations)}"]
    lines.append(f"Frame Time: {1 / motion.fps:.8f}")
    euler = np.degrees(euler_zxy(quaternion_to_matrix(motion.rotations.astype(np.float64))))
    rows = np.concatenate([motion.translation * _CM, euler[:, order].reshape(len(euler), -1)], axis=1)
    lines += [" ".join(f"{v:.5f}" for v in row) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="ascii")


def euler_zxy(m: Array) -> Array:
    """Rotation matrices [..., 3, 3] -> angles z, x, y [..., 3] in radians with m = Rz Rx Ry.

    With x at a right angle z and y turn about one axis; z is what is left of m without y, so that any y is right.
    """
    x = np.arctan2(m[..., 2, 1], np.hypot(m[..., 2, 0], m[..., 2, 2]))
    y = np.arctan2(-m[..., 2, 0], m[..., 2, 2])
    sine, cosine = np.sin(y), np.cos(y)
    z = np.arctan2(m[..., 1, 0] * cosine + m[..., 1, 2] * sine, m[..., 0, 0] * cosine + m[..., 0, 2] * sine)
    return np.stack([z, x, y], axis=-1)


def _joint(index: int, depth: int, order: list[int]) -> list[str]:
    """The lines of a joint and all below it; appends joints to `order` as they appear."""
    order.append(index)
    pad = "  " * depth
    joint = skeleton.JOINTS[index]
    positions = "6 Xposition Yposition Zposition" if index == 0 else "3"
    lines = [
        f"{pad}{'ROOT' if index == 0 else 'JOINT'} {joint.name}",
        f"{pad}{{",
        f"{pad}  OFFSET {_offset(joint.offset_m)}",
    ]
    lines.append(f"{pad}  CHANNELS {positions} Zrotation Xrotation Yrotation")
    children = [i for i, parent in enumerate(skeleton.PARENTS) if parent == index]
    for child in children:
        lines += _joint(child, depth + 1, order)
    if not children:
        lines += [f"{pad}  End Site", f"{pad}  {{", f"{pad}    OFFSET {_offset(_TIP_M)}", f"{pad}  }}"]
    return [*lines, f"{pad}}}"]


def _offset(offset_m: tuple[float, float, float]) -> str:
    return " ".join(f"{v * _CM:.4f}" for v in offset_m)

"""Motion made by formulas: a breathing idle and a wave, with no data behind them. Not a substitute for captured motion."""

from __future__ import annotations

import numpy as np

from solami import skeleton
from solami.body.geometry import Array, axis_angle_to_quaternion, multiply
from solami.body.kinematics import forward_kinematics, sole_height
from solami.frames import MotionChunk

_REST_DEG: dict[str, tuple[float, float, float]] = {
    "left_shoulder": (0, 0, -62),
    "left_elbow": (0, -22, 0),
    "left_collar": (0, 0, -4),
    "left_hip": (0, 0, 2),
    "left_wrist": (8, 0, -4),
}  # the arms come down from the T-pose; the right side is its mirror image


def idle(seconds: float, fps: float = 30.0, seed: int = 0) -> MotionChunk:
    """Stand and breathe, facing +Z over the origin, for `seconds`."""
    return _chunk(_standing(round(seconds * fps), fps, seed), fps)


def wave(seconds: float, fps: float = 30.0, seed: int = 0) -> MotionChunk:
    """Raise the right hand, wave, lower it, over the idle, within `seconds`."""
    count = round(seconds * fps)
    angles = _standing(count, fps, seed)
    time = np.arange(count) / fps
    raise_s = min(0.6, seconds / 4)
    up = _smooth_step(time / raise_s) * _smooth_step((seconds - time) / raise_s)
    swing = np.sin(2 * np.pi * 1.9 * (time - raise_s)) * _smooth_step((time - raise_s * 0.7) / 0.3)
    index = skeleton.INDEX
    raised = {"right_shoulder": (-10.0, 12.0, 28.0), "right_elbow": (-55.0, 62.0, 10.0), "right_wrist": (0.0, 0.0, -8.0)}
    for name, degrees in raised.items():
        joint = index[name]
        angles[:, joint] += up[:, None] * (np.radians(degrees) - angles[:, joint])
    angles[:, index["right_elbow"], 0] += up * swing * np.radians(6)
    angles[:, index["right_elbow"], 2] += up * swing * np.radians(16)
    angles[:, index["right_wrist"], 2] += up * swing * np.radians(14)
    angles[:, index["head"], 2] -= up * np.radians(4)
    for i in range(skeleton.FIRST_FINGER + 15, skeleton.FIRST_FINGER + 30):
        angles[:, i] *= (1 - 0.8 * up)[:, None]
    return _chunk(angles, fps)


def _standing(count: int, fps: float, seed: int) -> Array:
    """Axis-angle [count, 55, 3] of the idle."""
    phase = np.random.default_rng(seed).uniform(0, 2 * np.pi, 4)
    time = np.arange(count) / fps
    angles = np.zeros((count, 55, 3))
    for name, degrees in _REST_DEG.items():
        x, y, z = np.radians(degrees)
        angles[:, skeleton.INDEX[name]] = x, y, z
        angles[:, skeleton.INDEX[name.replace("left", "right")]] = x, -y, -z
    for i in range(skeleton.FIRST_FINGER, 55):
        side = 1 if i < skeleton.FIRST_FINGER + 15 else -1
        angles[:, i, 2] = -side * np.radians(14) * (0.4 if "thumb" in skeleton.JOINT_NAMES[i] else 1)
    breath = np.sin(2 * np.pi * 0.27 * time + phase[0])
    sway = np.sin(2 * np.pi * 0.09 * time + phase[1])
    index = skeleton.INDEX
    angles[:, index["spine2"], 0] += np.radians(1.2) * breath
    angles[:, index["spine3"], 0] -= np.radians(0.8) * breath
    angles[:, index["left_collar"], 2] += np.radians(1.5) * breath
    angles[:, index["right_collar"], 2] -= np.radians(1.5) * breath
    angles[:, index["spine1"], 2] += np.radians(1.5) * sway
    angles[:, index["head"], 1] += np.radians(5) * np.sin(2 * np.pi * 0.13 * time + phase[2])
    angles[:, index["head"], 0] += np.radians(2) * np.sin(2 * np.pi * 0.19 * time + phase[3])
    return angles


def _chunk(angles: Array, fps: float) -> MotionChunk:
    """Poses from axis-angle [T, 55, 3]; the pelvis goes where the lower sole stands on the floor."""
    rotations = axis_angle_to_quaternion(angles)
    _, positions = forward_kinematics(rotations, num_joints=22)
    translation = np.zeros((len(angles), 3))
    translation[:, 1] = -sole_height(positions)
    return MotionChunk(rotations.astype(np.float32), translation.astype(np.float32), fps)


def _smooth_step(x: Array) -> Array:
    """0 below 0, 1 above 1, smooth between."""
    x = np.clip(x, 0, 1)
    return x * x * (3 - 2 * x)


def turned(motion: MotionChunk, yaw: Array) -> MotionChunk:
    """The same poses with the pelvis turned by `yaw` [T] radians about +Y on the spot."""
    from solami.body.geometry import yaw_quaternion

    rotations = motion.rotations.copy()
    rotations[:, 0] = multiply(yaw_quaternion(yaw).astype(np.float32), rotations[:, 0])
    return MotionChunk(rotations, motion.translation.copy(), motion.fps, motion.start_sample)

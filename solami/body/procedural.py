"""Motion made by formulas: a breathing idle, a wave, relaxed fingers. No substitute for captured motion."""

from __future__ import annotations

import numpy as np

from solami import skeleton
from solami.body.geometry import Array, axis_angle_to_quaternion, multiply, slerp
from solami.body.gestures.player import stand
from solami.body.kinematics import forward_kinematics, sole_height
from solami.frames import MotionChunk

_INDEX = skeleton.INDEX
_STANDING_DEG: dict[str, tuple[float, float, float]] = {
    "left_shoulder": (0, 0, -66),
    "left_elbow": (0, -20, 0),
    "left_wrist": (10, 0, -4),
}  # the arms come down from the T-pose; the right side is the mirror image
_RAISED_UPPER_ARM_DEG, _RAISED_TWIST_DEG, _RAISED_ELBOW_DEG = 32.0, -80.0, 113.0
_WAVES_HZ = 1.9


def idle(seconds: float, fps: float = 30.0, seed: int = 0) -> MotionChunk:
    """Stand and breathe, facing +Z over the origin, for `seconds`."""
    return stand(seconds, seed, fps)


def wave(seconds: float, fps: float = 30.0, seed: int = 0) -> MotionChunk:
    """Raise the right hand, wave, lower it, over the idle, within `seconds`."""
    time = np.arange(round(seconds * fps)) / fps
    rotations = axis_angle_to_quaternion(_standing(time, seed))
    raise_s = min(0.6, seconds / 4)
    up = _smooth_step(time / raise_s) * _smooth_step((seconds - time) / raise_s)
    swing = np.sin(2 * np.pi * _WAVES_HZ * (time - raise_s)) * up * _smooth_step((time - raise_s * 0.7) / 0.3)
    shoulder = multiply(_about(2, _RAISED_UPPER_ARM_DEG - 3 * swing), _about(0, _RAISED_TWIST_DEG + 5 * swing))
    _blend(rotations, "right_shoulder", shoulder, up)
    _blend(rotations, "right_elbow", _about(1, _RAISED_ELBOW_DEG - 15 * swing), up)
    _blend(rotations, "right_wrist", _about(1, -9 * swing), up)
    _blend(rotations, "head", multiply(_about(2, 4 * up), rotations[:, _INDEX["head"]]), up)
    for i in range(skeleton.FIRST_FINGER + 15, 55):
        rotations[:, i] = slerp(rotations[:, i], axis_angle_to_quaternion(np.zeros((len(time), 3))), 0.8 * up)
    return _chunk(rotations, fps)


def with_relaxed_fingers(motion: MotionChunk, seed: int = 0) -> MotionChunk:
    """The same motion with the fingers of the idle, for clips whose fingers were not captured."""
    rotations = motion.rotations.copy()
    angles = _standing(np.arange(len(rotations)) / motion.fps, seed)[:, skeleton.FIRST_FINGER :]
    rotations[:, skeleton.FIRST_FINGER :] = axis_angle_to_quaternion(angles)
    return MotionChunk(rotations, motion.translation, motion.fps, motion.start_sample)


def _blend(rotations: Array, joint: str, goal: Array, amount: Array) -> None:
    rotations[:, _INDEX[joint]] = slerp(rotations[:, _INDEX[joint]], goal, amount)


def _about(axis: int, degrees: Array | float) -> Array:
    """Quaternions of turns about one axis."""
    angle = np.zeros((*np.shape(degrees), 3))
    angle[..., axis] = np.radians(degrees)
    return axis_angle_to_quaternion(angle)


def _standing(time: Array, seed: int) -> Array:
    """Axis-angle [T, 55, 3] of the idle at `time` [T] seconds."""
    phase = np.random.default_rng(seed).uniform(0, 2 * np.pi, 5)
    angles = np.zeros((len(time), 55, 3))
    for name, degrees in _STANDING_DEG.items():
        x, y, z = np.radians(degrees)
        angles[:, _INDEX[name]] = x, y, z
        angles[:, _INDEX[name.replace("left", "right")]] = x, -y, -z
    breath = np.radians(np.sin(2 * np.pi * 0.27 * time + phase[0]))
    sway = np.radians(np.sin(2 * np.pi * 0.09 * time + phase[1]))
    angles[:, _INDEX["spine2"], 0] += 1.2 * breath
    angles[:, _INDEX["spine3"], 0] -= 0.8 * breath
    angles[:, _INDEX["left_collar"], 2] += 1.5 * breath
    angles[:, _INDEX["right_collar"], 2] -= 1.5 * breath
    angles[:, _INDEX["spine1"], 2] += 1.5 * sway
    angles[:, _INDEX["head"], 1] += np.radians(5) * np.sin(2 * np.pi * 0.13 * time + phase[2])
    angles[:, _INDEX["head"], 0] += np.radians(2) * np.sin(2 * np.pi * 0.19 * time + phase[3])
    _curl_fingers(angles, 1 + 0.1 * np.sin(2 * np.pi * 0.11 * time + phase[4]))
    return angles


def _curl_fingers(angles: Array, amount: Array) -> None:
    """Half-closed fingers, more towards the little finger."""
    degrees = {"index": 14.0, "middle": 18.0, "ring": 21.0, "pinky": 22.0, "thumb": 6.0}
    for i in range(skeleton.FIRST_FINGER, 55):
        side, finger = skeleton.JOINT_NAMES[i][:-1].split("_")
        angles[:, i, 2] = (-1 if side == "left" else 1) * np.radians(degrees[finger]) * amount


def _chunk(rotations: Array, fps: float) -> MotionChunk:
    """Poses [T, 55, 4]; the pelvis goes where the lower sole stands on the floor."""
    _, positions = forward_kinematics(rotations, num_joints=22)
    translation = np.zeros((len(rotations), 3))
    translation[:, 1] = -sole_height(positions)
    return MotionChunk(rotations.astype(np.float32), translation.astype(np.float32), fps)


def _smooth_step(x: Array) -> Array:
    """0 below 0, 1 above 1, smooth between."""
    x = np.clip(x, 0, 1)
    return x * x * (3 - 2 * x)

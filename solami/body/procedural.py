"""Motion made by formulas: a breathing idle, a wave, relaxed fingers. No substitute for captured motion."""

from __future__ import annotations

import numpy as np

from solami import skeleton
from solami.body.geometry import Array, axis_angle_to_quaternion
from solami.body.gestures.catalogue import perform
from solami.body.gestures.player import stand
from solami.body.variation import at_speed
from solami.frames import MotionChunk

_INDEX = skeleton.INDEX
_STANDING_DEG: dict[str, tuple[float, float, float]] = {
    "left_shoulder": (0, 0, -66),
    "left_elbow": (0, -20, 0),
    "left_wrist": (10, 0, -4),
}  # the arms come down from the T-pose; the right side is the mirror image
WAVE = "waves with the right hand"


def idle(seconds: float, fps: float = 30.0, seed: int = 0) -> MotionChunk:
    """Stand and breathe, facing +Z over the origin, for `seconds`."""
    return stand(seconds, seed, fps)


def wave(seconds: float, fps: float = 30.0, seed: int = 0) -> MotionChunk:
    """Wave with the right hand over the idle, for exactly `seconds`: quicker where they are few, idle where many."""
    count = round(seconds * fps)
    made = perform(WAVE, seed, fps).motion
    if len(made.rotations) > count:
        made = at_speed(made, len(made.rotations) / count)
    rest = max(0, count - len(made.rotations))
    rotations = np.concatenate([made.rotations[:count], np.repeat(made.rotations[-1:], rest, axis=0)])
    translation = np.concatenate([made.translation[:count], np.repeat(made.translation[-1:], rest, axis=0)])
    return MotionChunk(rotations, translation, fps)


def with_relaxed_fingers(motion: MotionChunk, seed: int = 0) -> MotionChunk:
    """The same motion with the fingers of the idle, for clips whose fingers were not captured."""
    rotations = motion.rotations.copy()
    angles = _standing(np.arange(len(rotations)) / motion.fps, seed)[:, skeleton.FIRST_FINGER :]
    rotations[:, skeleton.FIRST_FINGER :] = axis_angle_to_quaternion(angles)
    return MotionChunk(rotations, motion.translation, motion.fps, motion.start_sample)


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

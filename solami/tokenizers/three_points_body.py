"""A guessed body brought to what three trackers measured: the head by moving it, the hands by bending its arms."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from solami import skeleton
from solami.body.geometry import Array, conjugate, multiply, rotate, slerp
from solami.body.kinematics import forward_kinematics
from solami.body.procedural import idle
from solami.body.trackers import NUM_FINGERS, TrackerChunk
from solami.body.two_bone import Limb, reach
from solami.frames import NUM_JOINTS, FloatArray, MotionChunk
from solami.tokenizers.tracker_features import TrackerFrames

MEASURED, INFERRED, MISSING = 0, 1, 2
FPS = 30.0
_BODY = skeleton.NUM_BODY_JOINTS
_HEAD, _NECK = skeleton.INDEX["head"], skeleton.INDEX["neck"]
_ARMS = tuple(
    tuple(skeleton.INDEX[f"{side}_{joint}"] for joint in ("collar", "shoulder", "elbow", "wrist"))
    for side in ("left", "right")
)
_BEHIND = np.array([0.0, 0.0, -1.0])  # where a straight arm's elbow goes when it bends


@dataclass(frozen=True, slots=True, eq=False)
class SolvedBody:
    """Poses at 30 fps in the skeleton's metres, and where each joint comes from."""

    motion: MotionChunk
    flags: NDArray[np.uint8]  # [T, 55]: 0 measured, 1 inferred, 2 missing


def put_head(rotations: Array, head: Array, head_turn: Array) -> Array:
    """Turn the head joint of `rotations` [T, 22, 4] as measured; the translation [T, 3] that puts it in its place."""
    world, positions = forward_kinematics(rotations, num_joints=_BODY)
    rotations[:, _HEAD] = multiply(conjugate(world[:, _NECK]), head_turn)
    return head - positions[:, _HEAD]


def put_hands(rotations: Array, translation: Array, seen: TrackerFrames, trust: Array) -> None:
    """Bring both wrists to their trackers in `rotations` [T, 22, 4], as far as each is trusted [T, 2]."""
    for side, (collar, shoulder, elbow, wrist) in enumerate(_ARMS):
        world, positions = forward_kinematics(rotations, translation, _BODY)
        part = trust[:, side, None]
        target = positions[:, wrist] + part * (seen.hands[0, :, side] - positions[:, wrist])
        places = [positions[:, joint] for joint in (shoulder, elbow, wrist)]
        limb = Limb(places[0], places[1], places[2], world[:, shoulder], world[:, elbow])
        upper, lower = reach(limb, target, rotate(world[:, shoulder], np.broadcast_to(_BEHIND, target.shape)))
        hand = slerp(multiply(lower, rotations[:, wrist]), seen.hand_turns[0, :, side], trust[:, side])
        rotations[:, shoulder] = multiply(conjugate(world[:, collar]), upper)
        rotations[:, elbow] = multiply(conjugate(upper), lower)
        rotations[:, wrist] = multiply(conjugate(lower), hand)


def solved_body(rotations: Array, translation: Array, frames: TrackerChunk) -> SolvedBody:
    """Body rotations [T, 22, 4] and translation [T, 3], with the fingers that were seen in as many frames."""
    return SolvedBody(_motion(rotations, translation, frames.fingers), _flags(frames.valid, frames.fingers))


def _flags(valid: NDArray[np.bool_], fingers: FloatArray | None) -> NDArray[np.uint8]:
    flags = np.full((len(valid), NUM_JOINTS), MISSING, np.uint8)
    flags[:, :_BODY] = INFERRED
    for tracker, joint in enumerate((_HEAD, *(arm[-1] for arm in _ARMS))):
        flags[valid[:, tracker], joint] = MEASURED
    if fingers is not None:
        flags[:, -NUM_FINGERS:][fingers.any(-1)] = MEASURED
    return flags


def _motion(body: Array, translation: Array, fingers: FloatArray | None = None) -> MotionChunk:
    """Body rotations [T, 22, 4] with the fingers [T, 30, 4] that were seen; others are relaxed and still."""
    rotations = np.repeat(_relaxed(), len(body), axis=0)
    rotations[:, :_BODY] = body
    if fingers is not None:
        rotations[:, -NUM_FINGERS:] = np.where(fingers.any(-1, keepdims=True), fingers, rotations[:, -NUM_FINGERS:])
    return MotionChunk(rotations, translation.astype(np.float32), FPS)


@lru_cache(maxsize=1)
def _relaxed() -> FloatArray:
    """One pose [1, 55, 4] with relaxed fingers."""
    return idle(1 / FPS, FPS).rotations

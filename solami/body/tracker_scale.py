"""How tall the user is, from the trackers alone: in one T-pose, or from the highest head seen.

The scale brings the user's metres to the skeleton's. Seated people who never held a T-pose are taken for as tall as the
skeleton, and so are standing children below 1.3 m: one T-pose, or `height_m`, mends it.
"""

from __future__ import annotations

import numpy as np

from solami import skeleton
from solami.body.geometry import rotate
from solami.body.kinematics import forward_kinematics
from solami.body.trackers import TrackerChunk
from solami.errors import InputError

_STANDS_FROM_M = 1.20  # head joint; lower ones may be sitting adults
_TALLEST_M = 2.15
_T_POSE_FRAMES = 15
_FASTEST = 0.004  # a frame: a body that grows at once looks broken
_SHOULDER_BELOW_M = 0.23  # the wrists of the T-pose below the head joint
_TOP_OF_HEAD_M = 0.175  # above the head joint


def _rest() -> tuple[float, float]:
    identity = np.tile(np.array([0.0, 0, 0, 1]), (skeleton.NUM_BODY_JOINTS, 1))
    positions = forward_kinematics(identity, num_joints=skeleton.NUM_BODY_JOINTS)[1]
    wrists = positions[skeleton.INDEX["left_wrist"]] - positions[skeleton.INDEX["right_wrist"]]
    return float(positions[skeleton.INDEX["head"], 1]) + skeleton.PELVIS_HEIGHT_M, float(np.linalg.norm(wrists))


HEAD_M, SPAN_M = _rest()  # of the skeleton in its T-pose: head joint above the floor, wrist to wrist


class UserScale:
    """The running estimate: skeleton metres for one of the user's metres, frame by frame."""

    def __init__(self, height_m: float | None = None) -> None:
        """Take the user's whole height, if it is known. Raises InputError for one that no person has."""
        if height_m is not None and not 0.6 <= height_m <= 2.6:
            raise InputError(f"height {height_m:g} m, expected 0.6 to 2.6 m; leave it out to have it estimated")
        self._fixed = None if height_m is None else (HEAD_M + _TOP_OF_HEAD_M) / height_m
        self._highest_m = 0.0
        self._held = 0  # frames of the running T-pose
        self._now: float | None = self._fixed

    def calibrate(self, trackers: TrackerChunk) -> None:
        """Take the scale from samples of a T-pose. Raises InputError when none of them is one."""
        spans = [span for i in range(trackers.count) if (span := _t_pose_span(trackers, i)) is not None]
        if not spans:
            raise InputError("calibration: no sample is a T-pose; stretch both arms sideways at shoulder height")
        self._fixed = self._now = SPAN_M / float(np.median(spans))

    def push(self, frames: TrackerChunk) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        """Frames at 30 fps -> the scale [T] of each."""
        return np.array([self._frame(frames, i) for i in range(frames.count)])

    def _frame(self, frames: TrackerChunk, i: int) -> float:
        if self._fixed is None and frames.valid[i, 0]:
            self._highest_m = max(self._highest_m, min(float(frames.positions[i, 0, 1]), _TALLEST_M))
            span = _t_pose_span(frames, i)
            self._held = 0 if span is None else self._held + 1
            if span is not None and self._held >= _T_POSE_FRAMES:
                self._fixed = SPAN_M / span
        goal = self._fixed or (HEAD_M / self._highest_m if self._highest_m >= _STANDS_FROM_M else 1.0)
        if self._now is None:
            self._now = goal if self._highest_m else None
        else:
            self._now = float(np.clip(goal, self._now * (1 - _FASTEST), self._now * (1 + _FASTEST)))
        return goal if self._now is None else self._now


def _t_pose_span(trackers: TrackerChunk, i: int) -> float | None:
    """Wrist to wrist if the arms are stretched sideways, level, at shoulder height, the head between; else None."""
    if not trackers.valid[i].all():
        return None
    head, left, right = trackers.positions[i].astype(np.float64)
    span = float(np.linalg.norm(left - right))
    unit = span / SPAN_M
    level = max(abs(left[1] - right[1]), abs(head[1] - _SHOULDER_BELOW_M * unit - (left[1] + right[1]) / 2))
    aside = float(np.linalg.norm(((left + right) / 2 - head)[[0, 2]]))
    is_tee = span > 0.6 and level < 0.12 * unit and aside < 0.12 * unit
    return span if is_tee and _is_straight(trackers, i, span) else None


def _is_straight(trackers: TrackerChunk, i: int, span: float) -> bool:
    """Bent arms bring the hands nearer and turn them: in a T-pose each hand points away from the other."""
    left, right = trackers.positions[i, 1:].astype(np.float64)
    across = (left - right) / span
    fingers = rotate(trackers.rotations[i, 1:].astype(np.float64), np.array([[1.0, 0, 0], [-1.0, 0, 0]]))
    return bool(fingers[0] @ across > 0.85 and fingers[1] @ -across > 0.85)

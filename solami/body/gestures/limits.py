"""How fast real joints turn. A table and no more."""

from __future__ import annotations

import numpy as np

from solami import skeleton

# degrees a second: 99.9th percentile over 270 train clips of the data pack at 30 fps, the faster side of each pair;
# fingers over the clips whose fingers move
_SPEEDS: dict[str, float] = {
    "pelvis": 560, "hip": 790, "spine1": 340, "knee": 820, "spine2": 130, "ankle": 950, "spine3": 180, "foot": 750,
    "neck": 280, "collar": 260, "head": 470, "shoulder": 990, "elbow": 830, "wrist": 1280, "jaw": 1, "eye": 1,
    "index1": 480, "index2": 480, "index3": 490, "middle1": 430, "middle2": 500, "middle3": 400, "pinky1": 670,
    "pinky2": 610, "pinky3": 640, "ring1": 490, "ring2": 490, "ring3": 430, "thumb1": 510, "thumb2": 300, "thumb3": 440,
}  # fmt: skip

SPEED_LIMIT_RAD_S = np.radians([_SPEEDS[name.rpartition("_")[2]] for name in skeleton.JOINT_NAMES])
SPEED_LIMIT_RAD_S.setflags(write=False)

"""Where the joints are in the rest pose. Knows no mesh."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from solami import skeleton
from solami.body.geometry import Array
from solami.body.kinematics import forward_kinematics


@lru_cache(maxsize=1)
def rest_positions() -> Array:
    """Joints [55, 3] of the rest pose, metres, pelvis at the origin."""
    identity = np.tile(np.array([0.0, 0.0, 0.0, 1.0]), (len(skeleton.JOINTS), 1))
    positions = forward_kinematics(identity)[1]
    positions.setflags(write=False)
    return positions

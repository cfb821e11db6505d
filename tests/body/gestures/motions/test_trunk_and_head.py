import numpy as np
import pytest

from solami import skeleton
from solami.body.geometry import Array, rotate
from solami.body.gestures.catalogue import perform
from solami.body.kinematics import forward_kinematics


def directions(caption: str, joint: str, axis: tuple[float, float, float], seed: int = 1) -> Array:
    """Where a joint's axis points in the world [T, 3]."""
    motion = perform(caption, seed).motion
    turns, _ = forward_kinematics(motion.rotations.astype(np.float64))
    return rotate(turns[:, skeleton.INDEX[joint]], np.broadcast_to(np.array(axis), (len(turns), 3)))


def test_a_nod_goes_down_and_up() -> None:
    """The face turns down at least twice and back, and hardly to the side."""
    face = directions("nods", "head", (0.0, 0.0, 1.0))
    assert face[:, 1].min() < -0.15 and np.abs(face[:, 0]).max() < 0.2
    turning = np.count_nonzero(np.diff(np.sign(np.diff(face[:, 1]))))
    assert turning >= 4


def test_a_shaken_head_goes_to_both_sides() -> None:
    """The face turns to the left and to the right."""
    face = directions("shakes the head", "head", (0.0, 0.0, 1.0))
    assert face[:, 0].max() > 0.2 and face[:, 0].min() < -0.2


@pytest.mark.parametrize(("caption", "low", "high"), [("looks down", -1, -0.4), ("looks up", 0.35, 1)])
def test_looks_go_where_they_say(caption: str, low: float, high: float) -> None:
    """The face's height at its extreme says where it looks."""
    face = directions(caption, "head", (0.0, 0.0, 1.0))[:, 1]
    extreme = face[np.abs(face).argmax()]
    assert low <= extreme <= high


def test_a_bow_bends_the_trunk_forward() -> None:
    """The chest's up axis comes far to the front, less when leaning, and the seat goes back."""
    bow = directions("bows", "spine3", (0.0, 1.0, 0.0))[:, 2]
    lean = directions("leans forward", "spine3", (0.0, 1.0, 0.0))[:, 2]
    assert bow.max() > 0.55 and 0.2 < lean.max() < bow.max()
    assert perform("bows", 1).motion.translation[:, 2].min() < -0.04


def test_weight_goes_over_both_feet() -> None:
    """The pelvis goes to the left and to the right."""
    x = perform("shifts weight from foot to foot", 1).motion.translation[:, 0]
    assert x.max() > 0.05 and x.min() < -0.05

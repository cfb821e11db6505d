import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from solami import skeleton
from solami.body.geometry import rotate
from solami.body.gestures.arm import PALM_M, PALM_THICK_M, solve_arms
from solami.body.gestures.pose import Arm
from solami.body.kinematics import forward_kinematics

CHEST = skeleton.INDEX["spine3"]


def posed(arm: Arm) -> tuple[np.ndarray, np.ndarray]:
    """World turns and places of the body at rest with its left arm so."""
    turns = np.tile(np.array([0.0, 0.0, 0.0, 1.0]), (55, 1))
    world, places = forward_kinematics(turns)
    chest = (world[CHEST][None], places[CHEST][None])
    for name, turn in zip(("collar", "shoulder", "elbow", "wrist"), solve_arms([arm], chest, chest)[0], strict=True):
        turns[skeleton.INDEX[f"left_{name}"]] = turn
    return forward_kinematics(turns)


@settings(deadline=None, max_examples=12)
@given(st.floats(0.0, 0.3), st.floats(-0.15, 0.35), st.floats(0.22, 0.4))
def test_the_palm_is_where_it_is_to_be(x: float, y: float, z: float) -> None:
    """With an easy orientation the palm's skin reaches its place and faces the right way."""
    arm = Arm((x, y, z), (-0.2, 0.7, 0.7), (-0.9, 0.0, 0.2))
    world, places = posed(arm)
    wrist = skeleton.INDEX["left_wrist"]
    palm = places[wrist] + rotate(world[wrist], np.array([PALM_M, -PALM_THICK_M, 0.0]))
    assert np.linalg.norm(palm - places[CHEST] - np.array([x, y, z])) < 0.05


def test_the_fingers_point_and_the_palm_faces() -> None:
    """A stopping hand points up and faces the front."""
    world, _ = posed(Arm((0.12, 0.16, 0.4), (0, 1, 0), (0, 0, 1), (0.7, -1, -0.1)))
    wrist = world[skeleton.INDEX["left_wrist"]]
    assert rotate(wrist, np.array([1.0, 0, 0]))[1] > 0.9
    assert rotate(wrist, np.array([0, -1.0, 0]))[2] > 0.9


def test_out_of_reach_is_a_straight_arm() -> None:
    """A palm too far away leaves the arm stretched towards it."""
    _, places = posed(Arm((0.15, 0.13, 2.0), (0, 0, 1), (0, -1, 0)))
    shoulder, elbow, wrist = (places[skeleton.INDEX[f"left_{j}"]] for j in ("shoulder", "elbow", "wrist"))
    assert np.linalg.norm(wrist - shoulder) > 0.99 * (np.linalg.norm(elbow - shoulder) + np.linalg.norm(wrist - elbow))

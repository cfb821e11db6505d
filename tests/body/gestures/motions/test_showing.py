import numpy as np
import pytest

from solami import skeleton
from solami.body.geometry import Array, normalise
from solami.body.gestures.catalogue import perform
from solami.body.kinematics import forward_kinematics

SEEDS = (0, 1)


def positions(caption: str, seed: int) -> tuple[Array, int]:
    """Joints [T, 55, 3] and the frame of the stroke."""
    performance = perform(caption, seed)
    motion = performance.motion
    places = forward_kinematics(motion.rotations.astype(np.float64), motion.translation.astype(np.float64))[1]
    return places, round((performance.stroke_s or 0) * motion.fps)


def at(places: Array, joint: str) -> Array:
    return places[:, skeleton.INDEX[joint]]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("side", ["left", "right"])
def test_the_named_hand_waves(side: str, seed: int) -> None:
    """The named hand goes to and fro above the elbow, the other one hangs."""
    places, stroke = positions(f"waves with the {side} hand", seed)
    other = "left" if side == "right" else "right"
    waving = places[stroke : stroke + 20]
    assert (at(waving, f"{side}_wrist")[:, 1] > at(waving, f"{side}_elbow")[:, 1]).all()
    assert np.ptp(at(waving, f"{side}_middle1")[:, 0]) > 0.08
    assert (at(places, f"{other}_wrist")[:, 1] < at(places, f"{other}_elbow")[:, 1]).all()


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("caption", "direction"),
    [
        ("points forward", (0, 0, 1)),
        ("points to the left", (1, 0, 0.2)),
        ("points to the right", (-1, 0, 0.2)),
        ("points up", (0, 1, 0)),
    ],
)
def test_a_pointing_finger_points_there(caption: str, direction: tuple[float, float, float], seed: int) -> None:
    """The index finger lies within thirty degrees of the direction; pointing level, the whole arm does."""
    places, stroke = positions(caption, seed)
    pose = places[stroke + 12 : stroke + 13]
    side = max(("left", "right"), key=lambda s: float(at(pose, f"{s}_wrist")[0, 1]))
    goal = normalise(np.array(direction, np.float64))
    finger = normalise(at(pose, f"{side}_index3") - at(pose, f"{side}_index1"))[0]
    assert finger @ goal > np.cos(np.radians(30))
    if caption != "points up":
        upper = normalise(at(pose, f"{side}_elbow") - at(pose, f"{side}_shoulder"))[0]
        lower = normalise(at(pose, f"{side}_wrist") - at(pose, f"{side}_elbow"))[0]
        assert upper @ lower > np.cos(np.radians(25)) and upper @ goal > np.cos(np.radians(35))


def test_the_other_fingers_are_closed_while_pointing() -> None:
    """The tip of the middle finger is near its palm, the tip of the index finger far from it."""
    places, stroke = positions("points forward", 0)
    pose = places[stroke + 12]
    side = max(("left", "right"), key=lambda s: float(pose[skeleton.INDEX[f"{s}_wrist"], 1]))
    reach = [
        np.linalg.norm(pose[skeleton.INDEX[f"{side}_{f}3"]] - pose[skeleton.INDEX[f"{side}_wrist"]])
        for f in ("index", "middle")
    ]
    assert reach[0] > 0.14 and reach[1] < 0.11


def test_cheering_hands_are_above_the_head() -> None:
    """Both wrists are above the head at the stroke."""
    places, stroke = positions("cheers with both arms up", 0)
    for side in ("left", "right"):
        assert at(places, f"{side}_wrist")[stroke + 2, 1] > at(places, "head")[stroke + 2, 1]


def test_open_arms_are_wide() -> None:
    """The wrists are more than a metre apart."""
    places, stroke = positions("opens both arms wide", 1)
    apart = at(places, "left_wrist") - at(places, "right_wrist")
    assert np.linalg.norm(apart[stroke + 5]) > 1.0


def test_a_shrug_raises_the_shoulders() -> None:
    """Both shoulders come nearer to the head, and both palms turn up beside the body."""
    places, stroke = positions("shrugs", 1)
    for side in ("left", "right"):
        up = at(places, f"{side}_shoulder")[:, 1] - at(places, "spine3")[:, 1]
        assert up[stroke + 6] > up[0] + 0.02
        assert abs(at(places, f"{side}_wrist")[stroke + 6, 0]) > 0.2

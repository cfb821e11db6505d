import numpy as np

from solami import skeleton
from solami.body.gestures.hands import finger_turns, first_finger
from solami.body.kinematics import forward_kinematics


def tips(shape: str, side: str) -> dict[str, float]:
    """How far each finger's last joint is from the wrist."""
    turns = np.tile(np.array([0.0, 0, 0, 1]), (55, 1))
    first = first_finger(side)
    turns[first : first + 15] = finger_turns(shape, side)  # type: ignore[arg-type]
    places = forward_kinematics(turns)[1]
    wrist = places[skeleton.INDEX[f"{side}_wrist"]]
    names = ("index", "middle", "ring", "pinky", "thumb")
    return {n: float(np.linalg.norm(places[skeleton.INDEX[f"{side}_{n}3"]] - wrist)) for n in names}


def test_a_fist_is_closed_and_a_flat_hand_straight() -> None:
    """Fingers of a fist end near the palm, of a flat hand far from it, on both sides alike."""
    for side in ("left", "right"):
        fist, flat = tips("fist", side), tips("flat", side)
        assert all(fist[f] < 0.7 * flat[f] for f in ("index", "middle", "ring"))
    assert tips("fist", "left").keys() == tips("fist", "right").keys()
    np.testing.assert_allclose(list(tips("fist", "left").values()), list(tips("fist", "right").values()), atol=1e-6)


def test_counting_hands_stretch_that_many_fingers() -> None:
    """Two stretches index and middle, one the index alone."""
    flat = tips("flat", "left")
    for shape, straight in (("one", {"index"}), ("two", {"index", "middle"}), ("three", {"index", "middle", "ring"})):
        shown = {f for f, length in tips(shape, "left").items() if f != "thumb" and length > 0.95 * flat[f]}
        assert shown == straight

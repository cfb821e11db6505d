import numpy as np
import pytest

from solami import skeleton
from solami.body.gestures.catalogue import perform
from solami.body.measures import body_positions


@pytest.mark.parametrize(("caption", "drop"), [("squats", 0.3), ("sits down", 0.35), ("stands up", 0.35)])
def test_the_seat_goes_down_over_planted_feet(caption: str, drop: float) -> None:
    """The pelvis sinks and rises again while the ankles stay where they are."""
    motion = perform(caption, 1).motion
    places = body_positions(motion)
    pelvis = places[:, 0, 1]
    assert pelvis.max() - pelvis.min() > drop and abs(pelvis[-1] - pelvis.max()) < 0.05
    ankles = places[:, [skeleton.INDEX["left_ankle"], skeleton.INDEX["right_ankle"]]]
    assert np.abs(ankles - ankles[0]).max() < 0.06


@pytest.mark.parametrize("seed", [0, 1])
def test_jumps_fly_higher_than_hops(seed: int) -> None:
    """Both leave the floor; a hop less."""
    highest = {}
    for caption in ("jumps", "hops"):
        places = body_positions(perform(caption, seed).motion)
        feet = places[:, [skeleton.INDEX["left_foot"], skeleton.INDEX["right_foot"]], 1]
        highest[caption] = feet.min(axis=1).max()
    assert highest["jumps"] > highest["hops"] > 0.05


def test_kicks_and_punches_go_to_the_front() -> None:
    """A kicking ankle rises in front of the pelvis, a punching wrist reaches out."""
    places = body_positions(perform("kicks forward", 0).motion)
    ankles = places[:, [skeleton.INDEX["left_ankle"], skeleton.INDEX["right_ankle"]]] - places[:, :1]
    assert ankles[..., 2].max() > 0.45 and ankles[..., 1].max() > -0.55
    places = body_positions(perform("punches forward", 0).motion)
    wrists = places[:, [skeleton.INDEX["left_wrist"], skeleton.INDEX["right_wrist"]]] - places[:, :1]
    assert wrists[..., 2].max() > 0.45


def test_a_throw_draws_back_first() -> None:
    """The throwing wrist is behind the shoulder before it is far in front of it."""
    places = body_positions(perform("throws something", 0).motion)
    ahead = [
        places[:, skeleton.INDEX[f"{s}_wrist"], 2] - places[:, skeleton.INDEX[f"{s}_shoulder"], 2]
        for s in ("left", "right")
    ]
    thrower = min(ahead, key=lambda z: float(z.min()))
    assert thrower.min() < -0.05 and thrower[thrower.argmin() :].max() > 0.35

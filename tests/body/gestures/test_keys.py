import numpy as np

from solami import skeleton
from solami.body.geometry import angle_between
from solami.body.gestures.idle import draw_style
from solami.body.gestures.keys import floor_tracks, key_turns, turns_between
from solami.body.gestures.pose import NEUTRAL, Arm, Key, Pose

FAR = Arm((0.3, 0.5, 0.2), (0, 1, 0), (0, 0, 1))
KEYS = (Key(0.0, NEUTRAL), Key(1.0, NEUTRAL.both(FAR)), Key(2.0, NEUTRAL))


def test_turns_are_the_keys_at_the_keys() -> None:
    """Body joints that lag behind nothing are, at each key, as the key has them."""
    rng = np.random.default_rng(0)
    turns = key_turns(KEYS, draw_style(rng), rng)
    between = turns_between(turns, KEYS, np.array([0.0, 1.0, 2.0]), overlap=0.0)
    body = slice(0, skeleton.FIRST_FINGER)
    assert (angle_between(turns[:, body], between[:, body]) < 1e-6).all()
    raised = angle_between(turns[0], turns[1])
    assert raised[skeleton.INDEX["left_shoulder"]] > 0.5 > raised[skeleton.INDEX["left_hip"]]


def test_hands_are_elsewhere_in_every_performance() -> None:
    """Free hands vary with the draws, as do elbows; the trunk does not."""
    style = draw_style(np.random.default_rng(0))
    one, other = (key_turns(KEYS, style, np.random.default_rng(seed)) for seed in (1, 2))
    apart = angle_between(one[1], other[1])
    assert apart[skeleton.INDEX["left_elbow"]] > 1e-3 and apart[skeleton.INDEX["spine2"]] < 1e-9


def test_pelvis_and_feet_go_from_key_to_key() -> None:
    """Half way between two keys pelvis and feet are half way."""
    keys = (Key(0.0, NEUTRAL), Key(1.0, Pose(pelvis=(0.0, -0.2, 0.0))))
    pelvis, feet = floor_tracks(keys, np.array([0.0, 0.5, 1.0]))
    np.testing.assert_allclose(pelvis[:, 1], [0.0, -0.1, -0.2], atol=1e-9)
    assert feet["left"].shape == feet["right"].shape == (3, 5)

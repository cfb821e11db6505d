import numpy as np
import pytest

from solami import skeleton
from solami.body.geometry import heading
from solami.body.gestures.catalogue import perform
from solami.body.gestures.motions.travel import along
from solami.body.measures import body_positions


@pytest.mark.parametrize(
    ("caption", "least", "most"),
    [("walks forward", 1.8, 5), ("walks backward", -3.2, -1), ("steps closer", 0.3, 0.65), ("steps back", -0.6, -0.25)],
)
def test_walks_go_the_way_they_say(caption: str, least: float, most: float) -> None:
    """The pelvis ends so far ahead, hardly to the side, and still faces +Z."""
    motion = perform(caption, 2).motion
    assert least < motion.translation[-1, 2] < most and abs(motion.translation[-1, 0]) < 0.4
    assert abs(float(heading(motion.rotations[-1, 0]))) < 0.2


@pytest.mark.parametrize(("caption", "turn"), [("turns around", np.pi), ("spins around", 2 * np.pi)])
def test_turns_are_whole(caption: str, turn: float) -> None:
    """The heading runs through half a turn, or a whole one."""
    yaw = np.unwrap(heading(perform(caption, 2).motion.rotations[:, 0].astype(np.float64)))
    assert abs(abs(yaw[-1] - yaw[0]) - turn) < 0.15


def test_a_circle_comes_back() -> None:
    """The walk leads away and ends where it began."""
    where = perform("walks in a circle", 2).motion.translation[:, [0, 2]]
    away = np.linalg.norm(where - where[0], axis=1)
    assert away.max() > 0.8 and away[-1] < 0.2


@pytest.mark.parametrize("caption", ["walks forward", "walks in a circle", "dances"])
def test_feet_do_not_skate(caption: str) -> None:
    """A ball of the foot that is on the floor hardly moves."""
    motion = perform(caption, 2).motion
    places = body_positions(motion)
    for side in ("left", "right"):
        ball = places[:, skeleton.INDEX[f"{side}_foot"]]
        speed = np.linalg.norm(np.diff(ball[:, [0, 2]], axis=0), axis=1) * motion.fps
        down = np.maximum(ball[:-1, 1], ball[1:, 1]) < 0.0165
        assert np.count_nonzero(down) > 20 and np.median(speed[down]) < 0.05


def test_steps_take_turns() -> None:
    """Left and right alternate and the last step closes at the path's end."""
    steps = along(lambda s: (0.0, 2 * s, 0.0), 4, 0.5, "right", 0.3)
    assert [step.foot for step in steps] == ["right", "left", "right", "left", "right"]
    assert steps[-1].z == steps[-2].z == 2.0

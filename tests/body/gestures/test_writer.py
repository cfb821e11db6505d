import numpy as np

from solami.body.gestures.pose import NEUTRAL, Pose
from solami.body.gestures.writer import Writer


def test_keys_follow_each_other() -> None:
    """Times rise, the stroke is the first one marked, and home is the idle."""
    pose = Pose({"head": (10, 0, 0)})
    writer = Writer(np.random.default_rng(0)).move(0.5, pose).stroke().hold(0.3).stroke().exactly(0.2, pose).home()
    score = writer.score()
    times = [key.at for key in score.keys]
    assert times == sorted(times) and score.stroke_at == times[1]
    assert score.keys[0].pose == score.keys[-1].pose == NEUTRAL
    assert score.keys[2].pose == pose and abs(times[3] - times[2] - 0.2) < 1e-9

import numpy as np

from solami import skeleton
from solami.body.gestures.limits import SPEED_LIMIT_RAD_S
from solami.body.gestures.player import joint_speeds, planned_length, play
from solami.body.gestures.pose import NEUTRAL, Arm, Key, Pose, Score

FAR = Arm((0.3, 0.5, 0.2), (0, 1, 0), (0, 0, 1))


def test_too_fast_a_score_is_slowed() -> None:
    """A hand raised in a twentieth of a second takes longer than written, and no joint is too fast."""
    score = Score((Key(0.2, NEUTRAL), Key(0.25, NEUTRAL.both(FAR)), Key(0.8, NEUTRAL)))
    motion, pace = play(score, 0, 30.0)
    planned, planned_pace = planned_length(score, 0)
    assert pace < planned_pace and len(motion.rotations) / 30 > planned
    assert (joint_speeds(motion) <= SPEED_LIMIT_RAD_S).all()


def test_the_elbow_follows_the_shoulder() -> None:
    """With overlap the elbow starts later than without."""
    keys = (Key(0.3, NEUTRAL), Key(0.9, NEUTRAL.both(FAR)), Key(1.2, NEUTRAL.both(FAR)))
    elbow = skeleton.INDEX["left_elbow"]
    tight, loose = (joint_speeds(play(Score(keys, overlap=o), 1, 30.0)[0])[:, elbow] for o in (0.0, 3.0))
    assert loose.argmax() > tight.argmax()


def test_key_poses_are_reached() -> None:
    """A bent head is bent at its key and level at the ends."""
    score = Score((Key(0.3, NEUTRAL), Key(0.8, Pose({"head": (30, 0, 0)})), Key(1.6, NEUTRAL)))
    motion, pace = play(score, 2, 30.0)
    bend = np.degrees(2 * np.arcsin(motion.rotations[:, skeleton.INDEX["head"], 0]))
    at = round(0.8 / pace * 30)
    assert bend[at] > 20 and abs(bend[0]) < 6 and abs(bend[-1]) < 6

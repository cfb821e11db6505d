"""A body put to its trackers; whole solvers are tested in test_three_points."""

import numpy as np

from solami import skeleton
from solami.body.geometry import angle_between
from solami.body.kinematics import forward_kinematics
from solami.body.procedural import wave
from solami.tokenizers.three_points_body import INFERRED, MEASURED, MISSING, put_head, solved_body
from solami.training.three_points_data import Faults, simulate

BODY = skeleton.NUM_BODY_JOINTS
HEAD = skeleton.INDEX["head"]


def test_the_head_is_put_where_it_was_measured() -> None:
    """The body moves so that the head meets its place, and only the head joint turns."""
    rotations = wave(0.5).rotations[:, :BODY].astype(np.float64)
    before, place = rotations.copy(), np.tile([1.0, 1.6, -2.0], (len(rotations), 1))
    turn = np.tile([0.0, np.sin(0.3), 0.0, np.cos(0.3)], (len(rotations), 1))
    translation = put_head(rotations, place, turn)
    world, positions = forward_kinematics(rotations, translation, BODY)
    np.testing.assert_allclose(positions[:, HEAD], place, atol=1e-9)
    assert angle_between(world[:, HEAD], turn).max() < 1e-6
    others = [joint for joint in range(BODY) if joint != HEAD]
    np.testing.assert_array_equal(rotations[:, others], before[:, others])


def test_every_joint_says_where_it_comes_from() -> None:
    """Head and wrists are measured, the rest of the body inferred, what nobody sees missing."""
    frames = simulate(wave(0.5), 1.0, Faults(), np.random.default_rng(0))
    rotations = np.tile([0.0, 0.0, 0.0, 1.0], (frames.count, BODY, 1))
    solved = solved_body(rotations, np.zeros((frames.count, 3)), frames)
    flags = dict(zip(skeleton.JOINT_NAMES, solved.flags[0], strict=True))
    assert flags["head"] == flags["left_wrist"] == flags["right_wrist"] == MEASURED
    assert flags["left_knee"] == INFERRED and flags["jaw"] == flags["left_index1"] == MISSING
    assert len(solved.motion.rotations) == frames.count

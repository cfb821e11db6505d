from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solami.body.geometry import angle_between
from solami.body.gestures.catalogue import perform
from solami.body.procedural import wave
from solami.body.standing import moved, placed_like
from solami.body.timing import cut, join
from solami.errors import TokenizerError
from solami.frames import MotionChunk
from solami.tokenizers.motion_features import BODY_DIM, HANDS_DIM, NODDING, FeatureExtractor, PoseIntegrator


def _walking_in_a_circle() -> MotionChunk:
    pieces = [moved(cut(wave(3.0), i, i + 1), 0.05 * i, 0.01 * i, 0.02 * i) for i in range(90)]
    return join(pieces)


CIRCLE = _walking_in_a_circle()


def test_features_hold_the_motion() -> None:
    """Put where it starts, what is integrated from the features is the motion."""
    motion = CIRCLE
    body, hands = FeatureExtractor().push(motion)
    assert body.shape == (90, BODY_DIM) and hands.shape == (90, HANDS_DIM)
    back = placed_like(PoseIntegrator().push(body, hands, 30.0), motion)
    joints = [*range(22), *range(25, 55)]
    assert angle_between(back.rotations, motion.rotations)[:, joints].max() < 2e-3
    np.testing.assert_allclose(back.translation, motion.translation, atol=1e-4)


def test_features_do_not_know_where_or_which_way() -> None:
    """The same motion elsewhere, facing elsewhere, has the same features."""
    motion = CIRCLE
    here, there = FeatureExtractor().push(motion)[0], FeatureExtractor().push(moved(motion, 2.0, 4.0, -3.0))[0]
    np.testing.assert_allclose(here, there, atol=1e-4)


@given(st.lists(st.integers(0, 90), max_size=4))
@settings(max_examples=10, deadline=None)
def test_runs_of_any_length_give_the_same(cuts: list[int]) -> None:
    """Extracting and integrating in pieces equals doing it whole."""
    motion = CIRCLE
    body, hands = FeatureExtractor().push(motion)
    whole = PoseIntegrator().push(body, hands, 30.0)
    edges = [0, *sorted(cuts), 90]
    extractor, integrator = FeatureExtractor(), PoseIntegrator()
    parts = [extractor.push(cut(motion, a, b)) for a, b in pairwise(edges)]
    np.testing.assert_allclose(np.concatenate([p[0] for p in parts]), body, atol=1e-6)
    poses = join([integrator.push(*p, 30.0) for p in parts])
    np.testing.assert_allclose(poses.translation, whole.translation, atol=1e-5)
    assert angle_between(poses.rotations, whole.rotations).max() < 2e-3


def test_neck_and_head_come_from_the_hands_frame() -> None:
    """Whatever the body frame says of them, a decoded pose nods as its hands frame does, and nothing else differs."""
    motion = perform("nods", 0).motion
    body, hands = FeatureExtractor().push(motion)
    upright = body.copy()
    for joint in NODDING:
        upright[:, 10 + 6 * (joint - 1) :][:, :6] = (1, 0, 0, 0, 1, 0)
    whole, mended = (PoseIntegrator().push(frames, hands, 30.0) for frames in (body, upright))
    np.testing.assert_allclose(mended.rotations, whole.rotations, atol=1e-6)
    assert angle_between(whole.rotations, motion.rotations)[:, list(NODDING)].max() < 2e-3


def test_body_and_hands_go_together() -> None:
    """Body and hands frames of different lengths are refused."""
    with pytest.raises(TokenizerError):
        PoseIntegrator().push(np.zeros((2, BODY_DIM), np.float32), np.zeros((1, HANDS_DIM), np.float32), 30.0)

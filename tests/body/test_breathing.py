"""Breath laid over a motion."""

import numpy as np

from solami import skeleton
from solami.body.breathing import BreathLayer
from solami.body.geometry import angle_between
from solami.body.timing import cut
from solami.frames import MotionChunk

ROTATIONS = np.zeros((300, 55, 4), np.float32)
ROTATIONS[..., 3] = 1
STILL = MotionChunk(ROTATIONS, np.zeros((300, 3), np.float32))
HEAD = skeleton.INDEX["head"]


def degrees(motion: MotionChunk) -> np.ndarray:
    """How far the head is from where the motion has it."""
    return np.degrees(angle_between(motion.rotations[:, HEAD].astype(float), ROTATIONS[: len(motion.rotations), HEAD]))


def test_a_still_body_breathes_smoothly() -> None:
    """The head moves by some degrees and never fast; legs stand."""
    made = BreathLayer(1).push(STILL, True)
    turns = made.rotations[:, HEAD].astype(float)
    assert 1 < degrees(made).max() < 5
    assert np.degrees(angle_between(turns[1:], turns[:-1])).max() < 0.3
    np.testing.assert_array_equal(made.rotations[:, skeleton.INDEX["left_knee"]], ROTATIONS[:, 4])


def test_streaming_equals_whole() -> None:
    """The breath does not depend on how the poses were cut."""
    whole, layer = BreathLayer(2).push(STILL, True), BreathLayer(2)
    parts = [layer.push(cut(STILL, i, i + 12), True) for i in range(0, 300, 12)]
    np.testing.assert_allclose(np.concatenate([p.rotations for p in parts]), whole.rotations, atol=1e-6)


def test_it_goes_and_leaves_nothing() -> None:
    """Without idling the very same chunk comes back, at once or after a fade."""
    layer = BreathLayer(3)
    assert layer.push(STILL, False) is STILL
    layer.push(STILL, True)
    assert degrees(layer.push(STILL, False))[-1] < 0.01
    assert layer.push(STILL, False) is STILL

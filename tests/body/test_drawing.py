import numpy as np

from solami.body.drawing import draw_pose, posed
from solami.body.floor import BACKGROUND
from solami.body.procedural import wave
from solami.body.view import Camera

CAMERA = Camera(width=100, height=160)


def test_the_body_is_seen_in_the_middle() -> None:
    """A standing body covers a plausible share of the picture, around its middle column."""
    image = draw_pose(wave(2.0), 0, CAMERA)
    assert image.shape == (160, 100, 3) and image.min() >= 0 and image.max() <= 1
    body = np.abs(image[:130] - BACKGROUND).max(axis=2) > 0.25
    assert 0.03 < body.mean() < 0.4
    assert 40 < np.average(np.arange(100), weights=body.sum(axis=0)) < 60


def test_a_raised_hand_is_seen() -> None:
    """The picture of the wave differs from that of the idle on the waving side, at the height of the head."""
    motion = wave(3.0)
    before, during = (draw_pose(motion, pose, CAMERA) for pose in (0, 45))
    changed = np.abs(before - during).max(axis=2) > 0.1
    assert changed[:70, :45].sum() > 5 * changed[:70, 60:].sum() + 20


def test_planted_feet_are_marked() -> None:
    """Each foot that touches the floor has a ring around its ball."""
    motion = wave(0.2)
    assert [len(posed(motion, 0, planted).marks) for planted in ((False, False), (True, False), (True, True))] == [
        0,
        1,
        2,
    ]
    x, z, _ = posed(motion, 0, (True, False)).marks[0]
    assert 0.05 < x < 0.25 and -0.1 < z < 0.2

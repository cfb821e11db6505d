from itertools import pairwise

import numpy as np

from solami import skeleton
from solami.body.mannequin_hand import hand, hand_bones
from solami.body.rest import rest_positions


def test_the_hand_is_closed_and_reaches_past_every_finger() -> None:
    """One closed skin around all five last joints, each with a fingertip beyond it."""
    vertices, faces = hand()
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    assert {(b, a) for a, b in edges.tolist()} == set(map(tuple, edges.tolist()))
    for finger in ("thumb", "index", "middle", "ring", "pinky"):
        last, before = (rest_positions()[skeleton.INDEX[f"left_{finger}{i}"]] for i in (3, 2))
        tip = last + 0.9 * (last - before)
        assert 0.003 < np.linalg.norm(vertices - tip, axis=1).min() < 0.016


def test_fingers_are_apart() -> None:
    """Between the middle phalanges of neighbouring fingers there is air."""
    vertices, _ = hand()
    names = ("index", "middle", "ring", "pinky")
    middles = [rest_positions()[[skeleton.INDEX[f"left_{n}{i}"] for i in (2, 3)]].mean(axis=0) for n in names]
    for a, b in pairwise(middles):
        assert np.linalg.norm(vertices - (a + b) / 2, axis=1).min() > 0.001


def test_bones_of_the_sides_are_mirrored() -> None:
    """The right hand's bones are the left's in a mirror, each with the joint of its own side."""
    for left, right in zip(hand_bones("left"), hand_bones("right"), strict=True):
        np.testing.assert_allclose(np.array(left.start) * [-1, 1, 1], right.start, atol=1e-9)
        assert skeleton.MIRROR[left.joint] == right.joint

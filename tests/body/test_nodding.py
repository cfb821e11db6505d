"""Nods laid over a motion."""

import numpy as np

from solami import skeleton
from solami.body.geometry import angle_between
from solami.body.nodding import NodLayer
from solami.body.procedural import idle
from solami.body.timing import cut

HEAD = skeleton.INDEX["head"]


def test_a_nod_comes_and_goes() -> None:
    """The head bows by some degrees, smoothly, and ends where the motion has it; legs and arms are left alone."""
    motion = idle(2.0)
    nodded = NodLayer(1).push(motion, nod=True)
    off = np.degrees(angle_between(nodded.rotations[:, HEAD], motion.rotations[:, HEAD]))
    assert 3 < off.max() < 7
    assert np.abs(np.diff(off, prepend=0.0)).max() < 2.5
    assert off[-15:].max() < 1e-2
    np.testing.assert_array_equal(nodded.rotations[:, :9], motion.rotations[:, :9])


def test_streaming_equals_whole() -> None:
    """A nod goes on over the border of two chunks."""
    motion = idle(2.0)
    whole = NodLayer(2).push(motion, nod=True)
    layer = NodLayer(2)
    parts = [layer.push(cut(motion, 0, 12), nod=True)]
    parts += [layer.push(cut(motion, i, i + 12), nod=layer.is_nodding) for i in range(12, 60, 12)]
    np.testing.assert_array_equal(np.concatenate([p.rotations for p in parts]), whole.rotations)


def test_unasked_nothing_changes() -> None:
    """Without a nod the very same chunk comes back."""
    motion = idle(0.4)
    assert NodLayer().push(motion) is motion

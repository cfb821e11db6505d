import numpy as np

from solami import skeleton
from solami.body.measures import body_positions
from solami.body.procedural import wave
from solami.body.variation import at_speed, mirrored


def test_the_mirror_reflects_every_joint() -> None:
    """Mirrored, each joint is where its partner was, on the other side."""
    motion = wave(2.0)
    flipped = body_positions(mirrored(motion))
    np.testing.assert_allclose(flipped, (body_positions(motion) * [-1, 1, 1])[:, list(skeleton.MIRROR[:22])], atol=1e-6)


def test_twice_as_fast_takes_half_as_long() -> None:
    """At double speed every second pose is left, at the same rate."""
    motion = wave(2.0)
    fast = at_speed(motion, 2.0)
    assert fast.fps == 30.0 and len(fast.rotations) == 30
    np.testing.assert_allclose(fast.rotations, motion.rotations[::2], atol=1e-6)

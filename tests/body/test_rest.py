import numpy as np

from solami import skeleton
from solami.body.rest import rest_positions


def test_rest_positions_are_sums_of_offsets() -> None:
    """A joint stands where its offset puts it from its parent; nobody can change the shared table."""
    rest = rest_positions()
    for joint in skeleton.JOINTS[1:]:
        away = rest[skeleton.INDEX[joint.name]] - rest[skeleton.INDEX[joint.parent]]
        np.testing.assert_allclose(away, joint.offset_m, atol=1e-6)
    assert not rest.flags.writeable

import numpy as np

from solami import skeleton
from solami.body.gestures.limits import SPEED_LIMIT_RAD_S


def test_every_joint_has_a_limit() -> None:
    """Limits are the same on both sides, and arms may be faster than the spine."""
    assert SPEED_LIMIT_RAD_S.shape == (55,)
    np.testing.assert_array_equal(SPEED_LIMIT_RAD_S, SPEED_LIMIT_RAD_S[list(skeleton.MIRROR)])
    assert SPEED_LIMIT_RAD_S[skeleton.INDEX["left_wrist"]] > SPEED_LIMIT_RAD_S[skeleton.INDEX["spine2"]]

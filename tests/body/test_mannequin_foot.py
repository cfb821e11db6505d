import numpy as np

from solami import skeleton
from solami.body.mannequin_foot import FLOOR_M, foot, foot_weights, sole


def test_the_shoe_stands_flat_on_the_floor() -> None:
    """A closed skin whose lowest part is a sole with area, within a millimetre of the floor."""
    vertices, faces, field = foot()
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    assert {(b, a) for a, b in edges.tolist()} == set(map(tuple, edges.tolist()))
    assert abs(vertices[:, 1].min() - FLOOR_M) < 0.004
    low = vertices[vertices[:, 1] < FLOOR_M + 0.006]
    assert np.ptp(low[:, 2]) > 0.18 and np.ptp(low[:, 0]) > 0.06
    assert field is sole and (field(low) > 0).all()


def test_toes_bend_before_the_ball() -> None:
    """The tip follows the toe joint, the heel the ankle, on both sides."""
    vertices, _, _ = foot()
    for side, sign in (("left", 1), ("right", -1)):
        joints, weights = foot_weights(vertices * [sign, 1, 1], side)
        assert joints[np.argmax(vertices[:, 2]), 0] == skeleton.INDEX[f"{side}_foot"]
        assert joints[np.argmin(vertices[:, 2]), 0] == skeleton.INDEX[f"{side}_ankle"]
        np.testing.assert_allclose(weights.sum(axis=1), 1, atol=1e-6)

import numpy as np

from solami import skeleton
from solami.body.mannequin_head import ears, front, head, head_field
from solami.body.rest import rest_positions


def test_the_head_sits_on_its_joint() -> None:
    """A closed shell around the eyes' joints, some 22 to 26 cm high."""
    vertices, faces = head()
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    assert {(b, a) for a, b in edges.tolist()} == set(map(tuple, edges.tolist()))
    assert 0.21 < np.ptp(vertices[:, 1]) < 0.27
    eyes = rest_positions()[[skeleton.INDEX["left_eye"], skeleton.INDEX["right_eye"]]]
    assert (head_field()(eyes) < 0).all()


def test_the_front_is_found() -> None:
    """Points seen from the front lie on the surface, on its near side."""
    points = front(head_field(), np.array([[0.0, 0.68], [0.04, 0.66]]))
    np.testing.assert_allclose(head_field()(points), 0, atol=1e-5)
    assert (points[:, 2] > 0.05).all()


def test_ears_stick_out_on_both_sides() -> None:
    """Each cap's outer half lies outside the head."""
    for vertices, _ in ears():
        outside = head_field()(vertices) > 0
        assert 0.2 < outside.mean() < 0.9

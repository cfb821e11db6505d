import numpy as np

from solami.body.view import Camera, to_linear, to_srgb


def test_the_target_is_in_the_middle() -> None:
    """What the camera is aimed at lies in the picture's middle, from every side."""
    for yaw in (0.0, 1.0, 3.0):
        column, row, depth = Camera(80, 60, yaw, target=(1.0, 2.0, 3.0)).project(np.array([1.0, 2.0, 3.0]))
        np.testing.assert_allclose([column, row, depth], [40, 30, 6.5])


def test_a_body_facing_the_camera_has_its_left_on_the_right() -> None:
    """From the front +X is seen on the right; from behind on the left; from yaw 90 degrees +Z is on the left."""
    ahead = [Camera(80, 60, yaw).project(np.array([0.3, 0.92, 0.0]))[0] for yaw in (0.0, np.pi)]
    assert ahead[0] > 45 and ahead[1] < 35
    assert Camera(80, 60, np.pi / 2).project(np.array([0.0, 0.92, 0.3]))[0] < 35


def test_colours_go_there_and_back() -> None:
    """Light and sRGB are each other's inverse, black and white stay."""
    colours = np.linspace(0, 1, 12).reshape(4, 3)
    np.testing.assert_allclose(to_srgb(to_linear(colours)), colours, atol=1e-12)
    assert to_linear(np.array([0.0, 1.0, 0.5]))[2] < 0.3

import numpy as np

from solami.body.lettering import write_text

INK = np.zeros(3)


def _dots(text: str) -> int:
    image = np.ones((12, 60, 3))
    write_text(image, text, 1, 1, INK)
    return int((image[..., 0] == 0).sum()) // 4


def test_figures_are_drawn_in_their_dots() -> None:
    """An 8 has thirteen dots, a 1 eight, and two letters as many as both."""
    assert (_dots("8"), _dots("1")) == (13, 8)
    assert _dots("81") == 21


def test_letters_outside_or_unknown_leave_the_picture_alone() -> None:
    """Text that leaves the picture is cut; unknown letters are blank."""
    assert _dots("?") == 0
    image = np.ones((6, 6, 3))
    write_text(image, "888", 3, 3, INK)
    write_text(image, "8", 50, 50, INK)
    assert image.shape == (6, 6, 3) and image[:3].min() == 1

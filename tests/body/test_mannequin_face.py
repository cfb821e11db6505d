import numpy as np
import pytest

from solami.body.mannequin_face import VISEMES, VRM_EXPRESSIONS, Expression, face
from solami.body.mannequin_head import head_field


def _height(expression: Expression, part: str) -> float:
    return float(np.ptp(face(expression)[part].vertices[:, 1]))


def test_there_are_fifteen_visemes() -> None:
    """The names are the Oculus set, and each differs from every other."""
    assert " ".join(VISEMES) == "sil PP FF TH DD kk CH SS nn RR aa E ih oh ou"
    assert len(set(VISEMES.values())) == 15


@pytest.mark.parametrize("name", [*VISEMES, *VRM_EXPRESSIONS])
def test_every_expression_stays_on_the_head(name: str) -> None:
    """All parts keep their vertices and faces, lie just above the head, and nothing folds into it."""
    neutral = face()
    for part, patch in face({**VISEMES, **VRM_EXPRESSIONS}[name]).items():
        np.testing.assert_array_equal(patch.faces, neutral[part].faces)
        assert patch.vertices.shape == neutral[part].vertices.shape
        if part != "plate":
            assert (head_field()(patch.vertices) > 0).all()


def test_mouth_and_eyes_do_what_they_are_told() -> None:
    """An open mouth is higher than a closed one, lips round for ou, a blink closes only its eye."""
    assert _height(VISEMES["aa"], "throat") > 4 * _height(VISEMES["PP"], "throat")
    widths = [np.ptp(face(VISEMES[v])["lips"].vertices[:, 0]) for v in ("ou", "sil", "E")]
    assert widths[0] < widths[1] < widths[2]
    wink = VRM_EXPRESSIONS["blinkLeft"]
    assert _height(wink, "left_eye") < 0.3 * _height(Expression(), "left_eye")
    assert _height(wink, "right_eye") == _height(Expression(), "right_eye")


def test_the_plate_is_seen_from_the_front() -> None:
    """Every face of plate, eyes and mouth looks forward."""
    for part, patch in face().items():
        a, b, c = (patch.vertices[patch.faces[:, i]] for i in range(3))
        assert (np.cross(b - a, c - a)[:, 2] > -3e-6).all(), part

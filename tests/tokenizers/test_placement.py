import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from solami.errors import InputError, TokenizerError
from solami.frames import Codes, Placement
from solami.tokenizers.placement import PlacementTokenizer

TOKENIZER = PlacementTokenizer()
angles = st.floats(-math.pi, math.pi, exclude_max=True)


@given(st.floats(0.3, 10.0), angles, angles)
def test_a_placement_comes_back_within_half_a_step(distance: float, bearing: float, facing: float) -> None:
    """Distance is kept to 6 %, angles to 5.7 degrees."""
    back = TOKENIZER.decode(TOKENIZER.encode(Placement(distance, bearing, facing)))
    assert abs(math.log(back.distance_m / distance)) < 0.06
    for got, want in ((back.bearing_rad, bearing), (back.facing_rad, facing)):
        assert -math.pi <= got < math.pi
        assert abs(math.remainder(got - want, 2 * math.pi)) <= math.pi / 32 + 1e-9


@given(st.lists(st.integers(0, 31), min_size=3, max_size=3))
def test_codes_come_back(values: list[int]) -> None:
    """Every code triple stands for a placement that encodes to it."""
    codes = Codes("placement", np.array(values, np.int32)[:, None], 0.0)
    np.testing.assert_array_equal(TOKENIZER.encode(TOKENIZER.decode(codes)).values, codes.values)


def test_straight_ahead_is_exact() -> None:
    """A person straight ahead who looks here is decoded with both angles exactly 0."""
    back = TOKENIZER.decode(TOKENIZER.encode(Placement(1.0, 0.0, 0.0)))
    assert (back.bearing_rad, back.facing_rad) == (0.0, 0.0)


def test_what_no_code_holds_is_refused() -> None:
    """Numbers that are not finite, and codes outside the books, are errors."""
    for placement in (Placement(math.nan, 0, 0), Placement(1, math.inf, 0), Placement(-1, 0, 0)):
        with pytest.raises(InputError):
            TOKENIZER.encode(placement)
    for codes in (
        Codes("placement", np.full((3, 1), 32, np.int32), 0.0),
        Codes("placement", np.zeros((2, 1), np.int32), 0.0),
        Codes("body", np.zeros((3, 1), np.int32), 0.0),
    ):
        with pytest.raises(TokenizerError):
            TOKENIZER.decode(codes)

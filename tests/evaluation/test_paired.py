import pytest

from solami.evaluation.paired import OTHERS, mean, others_of, paired, shifted


def test_a_gain_says_by_how_much_the_first_is_better() -> None:
    """More or less may be better; the interval is over pairs, so equal differences leave no width."""
    parts = [(float(i), i + 2.0) for i in range(10)]
    row, gain = paired("error", parts, mean, "less", split="test", source="x")
    assert (row.value, row.baseline, row.n) == (4.5, 6.5, 10)
    assert (gain.name, gain.value, gain.baseline) == ("error_gain", 2.0, 0.0)
    assert gain.ci95 == pytest.approx((2.0, 2.0))
    assert paired("hits", parts, mean, "more", split="test", source="x")[1].value == -2.0


def test_shifted_values_belong_to_somebody_else() -> None:
    """Every value moves, none is lost."""
    for count in (2, 3, 7):
        values = list(range(count))
        moved = shifted(values)
        assert sorted(moved) == values and all(a != b for a, b in zip(values, moved, strict=True))


def test_others_are_some_of_the_rest_evenly() -> None:
    """Never the sample itself, none twice, at most so many."""
    for count in (2, 5, 13, 90):
        for number in (0, count - 1):
            found = others_of(number, count)
            assert number not in found and len(set(found)) == len(found) == min(OTHERS, count - 1)

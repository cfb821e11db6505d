import pytest

from solami.evaluation.measures import measure, pooled_mean, spread


def test_the_pool_weighs_clips_by_their_frames() -> None:
    """A long clip counts for more than a short one."""
    assert pooled_mean([(10.0, 90), (20.0, 10)]) == pytest.approx(11.0)


def test_the_interval_holds_the_value_and_narrows_with_more_clips() -> None:
    """More clips of the same spread give a narrower 95 % interval around the same value."""
    few = measure("m", [(0.0, 1), (1.0, 1)] * 5, pooled_mean, split="test", source="all")
    many = measure("m", [(0.0, 1), (1.0, 1)] * 200, pooled_mean, split="test", source="all", baseline=2.0)
    for row in (few, many):
        assert row.ci95[0] <= row.value <= row.ci95[1]
    assert many.ci95[1] - many.ci95[0] < few.ci95[1] - few.ci95[0]
    assert (many.as_row()["baseline"], many.as_row()["n"]) == (2.0, 400)


def test_nothing_measured_is_an_error() -> None:
    """An empty set of clips has no value."""
    with pytest.raises(ValueError, match="nothing"):
        measure("m", [], pooled_mean, split="test", source="all")


def test_a_limit_spreads_over_the_clips() -> None:
    """Fewer clips are taken evenly, first and last included; a limit beyond their number takes all."""
    assert spread(range(11), 3) == [0, 5, 10]
    assert spread("abc", None) == spread("abc", 9) == ["a", "b", "c"]

import pytest

from solami.evaluation.relevance import LineSpace

LINES = ["I bake bread every morning.", "My dog runs in the park.", "I like the park.", "Bread needs salt."]


def test_lines_that_share_rare_words_are_near() -> None:
    """A line is nearest itself, and nearer a line with a rare word in common than one with a common word."""
    space = LineSpace(LINES)
    (same, others), (rare, _), (common, _) = space.likeness([LINES[3]] * 3, [LINES[3], "Some salt!", "bread"])
    assert others == pytest.approx((rare + common) / 2)
    assert same == pytest.approx(1.0, abs=1e-6) and same > rare > common > 0


def test_unknown_words_count_for_nothing() -> None:
    """A line without known words is near nothing, and nothing breaks."""
    assert LineSpace(LINES).likeness(["Xyzzy!", ""], ["Xyzzy!", "bread"]) == [(0.0, 0.0), (0.0, 0.0)]

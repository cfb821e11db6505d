from solami.evaluation.subject import Sizes


def test_a_share_takes_less_of_everything() -> None:
    """Counts shrink, never below what can be measured; takes stay, for splits depend on them."""
    small = Sizes().scaled(0.01)
    assert small.exchanges == 2 and small.requests == 1 and small.takes == Sizes().takes
    assert Sizes().scaled(1.0) == Sizes()

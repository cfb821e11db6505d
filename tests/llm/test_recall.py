"""Earlier exchanges by their words."""

from solami.llm.recall import most_alike

SMALL_TALK, DOGS, TEA = [1, 2, 3, 4], [1, 2, 10, 11, 12], [1, 2, 20, 21, 22]
EXCHANGES = {1: SMALL_TALK, 2: DOGS, 3: TEA}


def test_rare_words_decide() -> None:
    """What all exchanges share says nothing; what one of them alone has says all."""
    assert most_alike([1, 2, 11, 12, 30], EXCHANGES) == 2
    assert most_alike([1, 2, 20, 22], EXCHANGES) == 3


def test_nothing_is_recalled_without_likeness() -> None:
    """Common words alone, new words alone, or no exchanges recall nothing."""
    assert most_alike([1, 2], EXCHANGES) is None
    assert most_alike([40, 41, 42], EXCHANGES) is None
    assert most_alike([], EXCHANGES) is None
    assert most_alike([1], {}) is None

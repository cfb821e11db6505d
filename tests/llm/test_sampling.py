"""Draws follow the softmax inside the nucleus and nowhere else."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from solami.llm.engine import Sampling
from solami.llm.sampling import draw, nth_legal, only_legal


def test_draws_follow_the_probabilities() -> None:
    """Frequencies of many draws match the softmax at the temperature."""
    logits, generator = torch.tensor([0.0, 1.0, 2.0]), torch.Generator().manual_seed(0)
    counts = torch.zeros(3)
    for _ in range(3000):
        counts[draw(logits, Sampling(2.0, 1.0), generator)] += 1
    assert (counts / 3000 - torch.softmax(logits / 2, 0)).abs().max() < 0.03


def test_the_tail_outside_the_nucleus_is_never_drawn() -> None:
    """With top_p 0.6 only the ids that fill 60 % come."""
    logits, generator = torch.log(torch.tensor([0.05, 0.5, 0.15, 0.3])), torch.Generator().manual_seed(0)
    assert {draw(logits, Sampling(1.0, 0.6), generator) for _ in range(300)} == {1, 3}


def test_temperature_zero_takes_the_best_and_uses_no_randomness() -> None:
    """The best id comes, and the generator stands where it stood."""
    generator = torch.Generator().manual_seed(0)
    before = generator.get_state()
    assert draw(torch.tensor([0.0, 3.0, 1.0]), Sampling(0.0), generator) == 1
    assert torch.equal(before, generator.get_state())


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 9)), min_size=1, max_size=4))
def test_an_index_counts_through_the_ranges(pairs: list[tuple[int, int]]) -> None:
    """Ranges laid end to end give each of their ids once, in order."""
    legal = tuple(range(start, start + count) for start, count in pairs)
    ids = [i for span in legal for i in span]
    assert [nth_legal(legal, n) for n in range(len(ids))] == ids
    assert only_legal(legal) == (ids[0] if len(ids) == 1 else None)

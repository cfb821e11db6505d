"""Draws follow the softmax inside the nucleus and nowhere else."""

import torch

from solami.llm.engine import Sampling
from solami.llm.sampling import draw, draw_legal, only_legal, share


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


def test_a_range_is_chosen_by_its_whole_mass() -> None:
    """A cold temperature sharpens the choice inside a range and leaves the choice between ranges as it is."""
    legal = (range(10, 20), range(50, 51))
    logits, generator = torch.log(torch.tensor([0.05] * 10 + [0.5])), torch.Generator().manual_seed(0)
    drawn = [draw_legal(logits, legal, Sampling(0.3, 1.0), generator) for _ in range(1000)]
    assert set(drawn) == {*legal[0], *legal[1]}
    assert abs(drawn.count(50) / 1000 - 0.5) < 0.06
    assert draw_legal(logits + 0.1 * (torch.arange(11) == 10), legal, Sampling(0.0), generator) == 50


def test_only_one_legal_id_is_seen() -> None:
    """One range of one id is the only thing that needs no draw."""
    assert only_legal((range(7, 8),)) == 7
    assert only_legal((range(7, 9),)) is None and only_legal((range(7, 8), range(9, 10))) is None


def test_a_share_counts_all_logits_of_both_sides() -> None:
    """Two against six equal logits are a quarter; a certain side has all."""
    assert abs(share(torch.zeros(2), torch.zeros(6)) - 0.25) < 1e-6
    assert share(torch.tensor([200.0]), torch.zeros(3)) == 1.0

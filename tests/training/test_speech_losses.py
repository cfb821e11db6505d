"""The speech losses, term by term."""

import torch

from solami.tokenizers.modules.source_filter import BINS
from solami.training.speech_batches import Batch
from solami.training.speech_losses import PhoneHeads, crop_of, phonetic_losses, spectral_losses


def _batch(labels: list[int], phones: list[int]) -> Batch:
    nothing = torch.zeros(1, 1)
    lengths, first = torch.tensor([len(labels)]), torch.tensor([0])
    halves = torch.tensor([[[label, label + (label > 0)] for label in labels]])
    words = [torch.tensor(phones)]
    return Batch(nothing, torch.tensor([labels]), halves, words, lengths, first, 30, nothing, nothing, nothing)


def _sure_of(labels: list[int], classes: int = 5) -> torch.Tensor:
    return 20.0 * torch.nn.functional.one_hot(torch.tensor([labels]), classes).float()


def test_phones_in_time_and_in_order_cost_nothing() -> None:
    """Logits sure of the true phones have no frame loss, and no CTC loss where a blank parts a repeated phone."""
    batch = _batch([2, 2, 3, 3], [2, 3])
    frame, ctc = phonetic_losses(_sure_of([2, 2, 3, 3]), _sure_of([2, 0, 3, 3]), batch)
    assert frame < 1e-3 and ctc < 1e-3
    frame, ctc = phonetic_losses(_sure_of([3, 3, 2, 2]), _sure_of([3, 0, 2, 2]), batch)
    assert frame > 10 and ctc > 5


def test_unknown_times_leave_ctc_alone() -> None:
    """Without phone times the frame loss is zero and not NaN."""
    frame, ctc = phonetic_losses(_sure_of([2, 2]), _sure_of([2, 2]), _batch([-100, -100], [2]))
    assert frame == 0 and torch.isfinite(ctc)


def test_a_code_alone_must_tell_the_phones_of_both_its_halves() -> None:
    """A head that knows both costs nothing, one that swaps the halves costs much; codes without times cost nothing."""
    guide, batch = PhoneHeads(4, 5, 2), _batch([2, 3, -100], [2, 3])
    vectors = torch.tensor([[[1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]])  # the first says 2 then 3, the second 3 then 4
    with torch.no_grad():
        guide.alone.weight.zero_(), guide.alone.bias.zero_()
        for vector, half, phone in ((0, 0, 2), (0, 1, 3), (1, 0, 3), (1, 1, 4)):
            guide.alone.weight[5 * half + phone, vector] = 20.0
        assert guide.alone_loss(vectors, batch) < 1e-3
        guide.alone.weight.copy_(guide.alone.weight.unflatten(0, (2, 5)).flip(0).flatten(0, 1))
        assert guide.alone_loss(vectors, batch) > 10
        assert guide.alone_loss(vectors, _batch([-100] * 3, [2])) == 0


def test_spectra_are_compared_by_their_logarithm() -> None:
    """Equal spectra cost nothing; twice the magnitude everywhere costs about ln 2 in both measures."""
    true = torch.rand(1, 7, BINS) + 1.0
    assert all(value == 0 for value in spectral_losses(true, true).values())
    for value in spectral_losses(2 * true, true).values():
        assert abs(float(value) - 0.693) < 0.01


def test_crops_start_where_they_are_told() -> None:
    """Each row is cut from its own start."""
    rows = torch.arange(20).view(2, 10)
    assert crop_of(rows, torch.tensor([1, 4]), 3).tolist() == [[1, 2, 3], [14, 15, 16]]

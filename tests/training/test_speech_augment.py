"""What training does to speech before the encoder hears it."""

import torch

from solami.training.speech_augment import disturb, mask_mel, through_filters, warp_mel, with_noise


def _speech() -> torch.Tensor:
    """Sixty-four half-second chirps."""
    time = torch.arange(8000) / 16_000
    return (0.1 * torch.sin(2 * torch.pi * (200 * time + 5000 * time**2)))[None].repeat(64, 1)


def test_some_clips_are_left_alone_and_some_are_not() -> None:
    """About half of the clips get noise, at 10 to 40 dB below the speech; the rest stay bit-equal."""
    clean = _speech()
    noise = with_noise(clean, torch.Generator().manual_seed(0)) - clean
    level_db = 20 * torch.log10(noise.square().mean(1).sqrt() / clean.square().mean(1).sqrt())
    noisy = level_db > -100
    assert 16 < int(noisy.sum()) < 48
    assert level_db[noisy].min() > -41 and level_db[noisy].max() < -9


def test_rooms_ring_after_the_direct_sound() -> None:
    """Filters keep the length and the direct sound's place; what rings on comes after a click, never before."""
    click = torch.zeros(64, 8000)
    click[:, 1000] = 1.0
    heard = through_filters(click, torch.Generator().manual_seed(1))
    assert heard.shape == click.shape
    assert int((heard.abs().argmax(1) == 1000).sum()) >= 60
    rings = heard[:, 1100:].square().sum(1) > 1e-3
    assert 4 < int(rings.sum()) < 28
    before = heard[:, :900].square().sum(1) / heard.square().sum(1)
    assert before.max() < 0.01


def test_the_same_seed_disturbs_alike() -> None:
    """Training repeats by its seed."""
    one, two = (disturb(_speech(), torch.Generator().manual_seed(3)) for _ in range(2))
    assert torch.equal(one, two)


def test_warping_moves_bands_by_a_tenth_at_most() -> None:
    """A peak in band 40 of 80 stays within bands 36 to 44 (Jaitly & Hinton 2013)."""
    mel = torch.zeros(32, 80, 5)
    mel[:, 40] = 1.0
    moved = warp_mel(mel, torch.Generator().manual_seed(0)).mean(2).argmax(1)
    assert moved.min() >= 36 and moved.max() <= 45 and len(moved.unique()) > 2


def test_masks_hide_a_part_and_leave_the_rest() -> None:
    """Between a tenth and a half of the mel is replaced by the mean, in whole bands or whole frames; more in none."""
    mel = torch.randn(64, 80, 480, generator=torch.Generator().manual_seed(0))
    masked = mask_mel(mel, torch.Generator().manual_seed(1))
    hidden = masked != mel
    assert 0.1 < float(hidden.float().mean()) < 0.5
    assert float(hidden.all(dim=2).sum(dim=1).max()) <= 28
    assert float(hidden.all(dim=1).sum(dim=1).max()) <= 48
    assert torch.equal(masked[~hidden], mel[~hidden])

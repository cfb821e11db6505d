"""The critic of spectra."""

import numpy as np
import torch
import torch.nn.functional as F

from solami.tokenizers.modules.speech_net import MEL_BANDS, SpeechNet, SpeechNetConfig
from solami.training.speech_batches import collate
from solami.training.speech_critic import CriticisedLosses
from solami.training.speech_data import SpeechClip
from solami.training.speech_losses import WEIGHTS, PhoneHeads
from solami.training.speech_pool import ClipPool

TINY = SpeechNetConfig(width=16, front_width=8, encoder_blocks=1, trunk_blocks=1, decoder_blocks=1, voice_dim=4)


def sudden(count: int, generator: torch.Generator) -> torch.Tensor:
    """Log-mel [count, 30, MEL_BANDS] of bands that switch on and off within a frame."""
    levels = 2.0 * torch.rand(count, 6, MEL_BANDS, generator=generator)
    return levels.repeat_interleave(5, dim=1)


def smeared(mel: torch.Tensor) -> torch.Tensor:
    """The same, each frame the mean of five."""
    return F.avg_pool1d(mel.transpose(1, 2), 5, 1, 2, count_include_pad=False).transpose(1, 2)


def test_the_critic_learns_to_tell_smeared_from_sudden() -> None:
    """Two hundred steps on, spectra it never saw are judged by how suddenly they change."""
    generator = torch.Generator().manual_seed(0)
    losses = CriticisedLosses(seed=0)
    for _ in range(200):
        mel = sudden(4, generator)
        losses._learn(mel, smeared(mel))
    fresh = sudden(4, generator)
    with torch.no_grad():
        true, made = (losses.critic(mel)[-1].mean().item() for mel in (fresh, smeared(fresh)))
    assert true > made + 0.3


def test_its_losses_come_on_top_and_teach_the_decoder_alone() -> None:
    """Every loss has a weight; gradients reach the decoder, and none of them the critic."""
    torch.manual_seed(0)
    time = np.arange(32_000) / 16_000
    wave = (6000 * np.sin(2 * np.pi * 150 * time)).astype(np.int16)
    phones, starts = np.array([1, 2, 3], np.int16), np.array([0, 0.5, 1.0], np.float32)
    pool = ClipPool(
        [SpeechClip(wave, np.full(200, 150.0, np.float32), phones, starts, "tone")] * 2, np.ones(2, np.float32)
    )
    rng = np.random.default_rng(0)
    batch = collate(pool.draw(rng, 4.0), 30, rng)
    net, guide, losses = SpeechNet(TINY), PhoneHeads(TINY.width, TINY.phones, TINY.latent_dim), CriticisedLosses(seed=0)
    found = losses(net, guide, batch, torch.Generator().manual_seed(0))
    assert {"critic", "matched", "mel", "pitch", "frame"} <= found.keys() <= WEIGHTS.keys()
    losses._optimizer.zero_grad()
    (found["critic"] + found["matched"]).backward()
    learned = net.decoder.leave.weight.grad
    assert learned is not None and learned.abs().sum() > 0
    assert all(p.grad is None for p in losses.critic.parameters())

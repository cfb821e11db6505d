"""The speech training step, on tones and a tiny network."""

from pathlib import Path

import numpy as np
import pytest
import torch

from solami.tokenizers.modules.speech_net import SpeechNet, SpeechNetConfig
from solami.tokenizers.speech import NeuralSpeechTokenizer
from solami.training.speech_batches import collate
from solami.training.speech_data import SpeechClip
from solami.training.speech_losses import PhoneHeads, losses_of
from solami.training.speech_pool import ClipPool
from solami.training.speech_tokenizer import SpeechTrainingConfig, progress_of, train

TINY = SpeechNetConfig(width=16, front_width=8, encoder_blocks=1, trunk_blocks=1, decoder_blocks=1, voice_dim=4)


def tone_pool() -> ClipPool:
    clips = []
    for hz in (100.0, 150.0, 200.0):
        t = np.arange(32_000) / 16_000
        wave = sum(np.sin(2 * np.pi * hz * k * t) / k for k in range(1, 6))
        f0_hz = np.full(200, hz, np.float32)
        phones, starts = np.array([1, 2, 3], np.int16), np.array([0, 0.5, 1.0], np.float32)
        clips.append(SpeechClip((wave * 6000).astype(np.int16), f0_hz, phones, starts, str(hz)))
    return ClipPool(clips, np.ones(3, np.float32))


def test_training_lowers_every_loss(tmp_path: Path) -> None:
    """Sixty steps on three tones lower the spectral distance and the phone loss, and the result loads."""
    torch.manual_seed(0)
    pool, rng = tone_pool(), np.random.default_rng(0)
    net, guide = SpeechNet(TINY), PhoneHeads(TINY.width, TINY.phones, TINY.latent_dim)
    optimizer = torch.optim.AdamW([*net.parameters(), *guide.parameters()], 3e-3)
    history = []
    for _ in range(60):
        losses = losses_of(net, guide, collate(pool.draw(rng, 8.0), 30, rng), torch.Generator().manual_seed(0))
        optimizer.zero_grad()
        torch.stack(list(losses.values())).sum().backward()
        optimizer.step()
        history.append({name: value.item() for name, value in losses.items()})
    assert history[-1]["mel"] < 0.6 * history[0]["mel"]
    assert history[-1]["frame"] < history[0]["frame"]
    train(SpeechTrainingConfig(net=TINY, max_minutes=0.0), pool, tmp_path)
    assert NeuralSpeechTokenizer.load(tmp_path).spec.codebook_size == 2048


@pytest.mark.parametrize(
    ("learns", "changed"),
    [
        ("encoder", {"encoder"}),
        ("decoder", {"decoder"}),
        ("around_codes", {"encoder", "decoder"}),
        ("all", {"encoder", "decoder", "voice"}),
    ],
)
def test_only_what_shall_learn_changes(tmp_path: Path, learns: str, changed: set[str]) -> None:
    """A part that learns alone leaves the others, the codebook's entries first of all, to the bit as they were."""
    torch.manual_seed(0)
    start, pool = SpeechNet(TINY), tone_pool()
    start.quantizer.place(torch.randn(400, TINY.latent_dim))
    start.quantizer.start_again()
    before = {name: value.clone() for name, value in start.state_dict().items()}
    settings = {"max_minutes": 1.0, "max_steps": 3, "batch_seconds": 8.0, "unquantized_share": 0.0, "learns": learns}
    average = train(SpeechTrainingConfig.model_validate({"net": TINY, **settings}), pool, tmp_path, start)
    moved = {name.split(".")[0] for name, value in average.state_dict().items() if not torch.equal(value, before[name])}
    assert moved - {"quantizer"} == changed
    assert ("quantizer" in moved) == (learns == "all")


def test_a_run_is_over_by_time_or_by_steps() -> None:
    """Whichever is further; without any time it is over at once."""
    config = SpeechTrainingConfig(max_minutes=1.0, max_steps=10)
    assert progress_of(config, 5, 6.0) == 0.5 and progress_of(config, 5, 45.0) == 0.75
    assert progress_of(SpeechTrainingConfig(max_minutes=1.0), 1000, 30.0) == 0.5
    assert progress_of(SpeechTrainingConfig(max_minutes=0.0), 0, 0.0) == 1

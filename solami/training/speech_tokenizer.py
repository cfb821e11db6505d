"""Stage 1, speech: trains the speech network on human and synthesised clips; the voice comes from another clip."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal, TypeVar, cast

import numpy as np
import torch
from pydantic import Field
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from solami.strict import Strict
from solami.tokenizers.modules import speech_net as sn
from solami.tokenizers.modules.seanet import SeanetNet
from solami.tokenizers.speech import save_net
from solami.training.speech_batches import Batch, collate
from solami.training.speech_critic import CriticisedLosses
from solami.training.speech_losses import WEIGHTS, PhoneHeads, encoder_losses, losses_of
from solami.training.speech_pool import ClipPool

log = logging.getLogger(__name__)

Net = TypeVar("Net", sn.SpeechNet, SeanetNet)
LossesOf = Callable[[Net, PhoneHeads, Batch, torch.Generator], dict[str, Tensor]]
Save = Callable[[Net], None]
AVERAGE_DECAY = 0.998
SAVE_EVERY_S = 120.0
PLACING_BATCHES = 20  # some 18,000 codes


class SpeechTrainingConfig(Strict):
    """How the speech tokenizer is trained."""

    net: sn.SpeechNetConfig = sn.SpeechNetConfig()
    max_minutes: float = Field(25.0, description="the learning rate falls to zero over this time")
    max_steps: int | None = Field(None, ge=1, description="or over so many steps, if they are done first")
    batch_seconds: float = Field(45.0, description="speech a step, in whole utterances of similar length")
    crop_codes: int = Field(30, ge=1, description="of each utterance this much is decoded and compared")
    learning_rate: float = 1.5e-3
    seed: int = 0
    encoder_dropout: float = Field(0.1, ge=0, lt=1, description="in the encoder's blocks")
    unquantized_share: float = Field(0.1, ge=0, lt=1, description="of the run, before a new codebook is placed")
    learns: Literal["all", "encoder", "decoder", "around_codes"] = Field(
        "all",
        description="`decoder`: the same codes sound better. `encoder`: codes mean the same, are chosen better. "
        "`around_codes`: both of these",
    )


def train(config: SpeechTrainingConfig, pool: ClipPool, save: Path, start: sn.SpeechNet | None = None) -> sn.SpeechNet:
    """Train and write an averaged network to `save` every two minutes; returns that average."""
    torch.manual_seed(config.seed)
    net = start or sn.SpeechNet(config.net)
    losses = _prepared(net, config)
    guide = PhoneHeads(config.net.width, config.net.phones, config.net.latent_dim)
    return fit(net, guide, losses, config, pool, lambda average: save_net(average, save))


def _prepared(net: sn.SpeechNet, config: SpeechTrainingConfig) -> LossesOf[sn.SpeechNet]:
    """The losses of what shall learn; the rest of the network is frozen."""
    net.train()
    net.encoder.requires_grad_(config.learns != "decoder")
    net.decoder.requires_grad_(config.learns != "encoder")
    net.voice.requires_grad_(config.learns == "all")
    for layer in net.encoder.modules():
        if isinstance(layer, nn.Dropout):
            layer.p = 0.0 if config.learns == "decoder" else config.encoder_dropout
    if config.learns == "decoder":
        net.quantizer.eval()
        return CriticisedLosses(config.seed)
    if config.learns == "all":
        return losses_of
    net.quantizer.fix()
    return encoder_losses if config.learns == "encoder" else CriticisedLosses(config.seed)


def fit(
    net: Net, guide: PhoneHeads, losses_of: LossesOf[Net], config: SpeechTrainingConfig, pool: ClipPool, save: Save[Net]
) -> Net:
    """Train a network and its guide on batches of the pool; `save` gets the averaged network now and then."""
    rng, generator = np.random.default_rng(config.seed), torch.Generator().manual_seed(config.seed)
    average = AveragedModel(net, multi_avg_fn=get_ema_multi_avg_fn(AVERAGE_DECAY))
    trained = [p for p in [*net.parameters(), *guide.parameters()] if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, config.learning_rate, betas=(0.9, 0.98), weight_decay=0.01, fused=True)
    began, saved, step = time.monotonic(), 0.0, 0
    while (progress := progress_of(config, step, elapsed := time.monotonic() - began)) < 1:
        for group in optimizer.param_groups:
            group["lr"] = config.learning_rate * rate_share(step, progress)
        if progress > config.unquantized_share and not net.quantizer.is_placed:
            place_codes(net, pool, config, rng)
        batch = collate(pool.draw(rng, config.batch_seconds), config.crop_codes, rng)
        losses = losses_of(net, guide, batch, generator)
        follow(losses, trained, optimizer)
        average.update_parameters(net)
        step += 1
        if step % 50 == 0:
            shown = " ".join(f"{name} {value.item():.3f}" for name, value in losses.items())
            log.info("step %d, %.1f min: %s", step, elapsed / 60, shown)
        if elapsed - saved > SAVE_EVERY_S:
            saved = elapsed
            save(cast(Net, average.module))
    save(cast(Net, average.module))
    return cast(Net, average.module)


def follow(losses: dict[str, Tensor], trained: Sequence[nn.Parameter], optimizer: torch.optim.Optimizer) -> None:
    """One step down the weighted sum of the losses."""
    optimizer.zero_grad()
    torch.stack([WEIGHTS[name] * value for name, value in losses.items()]).sum().backward()
    torch.nn.utils.clip_grad_norm_(trained, 1.0)
    optimizer.step()


@torch.no_grad()
def place_codes(
    net: sn.SpeechNet | SeanetNet, pool: ClipPool, config: SpeechTrainingConfig, rng: np.random.Generator
) -> None:
    """Put the entries of a new codebook where the latents of clean clips lie."""
    batches = (collate(pool.draw(rng, config.batch_seconds), config.crop_codes, rng) for _ in range(PLACING_BATCHES))
    latents = [net.latents(batch.samples)[row, :codes] for batch in batches for row, codes in enumerate(batch.codes)]
    net.quantizer.place(torch.cat(latents))


def progress_of(config: SpeechTrainingConfig, step: int, elapsed_s: float) -> float:
    """How much of a run is over, 0..1 and on: by its time or its steps, whichever is further."""
    if config.max_minutes <= 0:
        return 1.0
    return max(elapsed_s / (config.max_minutes * 60), 0.0 if config.max_steps is None else step / config.max_steps)


def rate_share(step: int, progress: float) -> float:
    """Share of the learning rate: 200 steps of warm-up, then a cosine over the run to 2 %."""
    return min(1.0, (step + 1) / 200) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * progress)))

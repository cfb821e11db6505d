"""The command that trains the speech tokenizer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from pydantic import Field

from solami.strict import Strict


class SpeechRunConfig(Strict):
    """`configs/train/speech.yaml`: data, where to save, and how to train."""

    human: Path | None = None  # folder of the data pack's speech
    synthetic: Path | None = None  # folder written by `solami data build --stage labelled`
    human_share: float = 0.45  # of the clips drawn
    out: Path = Path("runs/speech")
    start: Path | None = None  # checkpoint folder to go on from
    max_clip_seconds: float = 8.0
    threads: int = 2
    training: dict[str, Any] = Field({}, description="see `training.speech_tokenizer.SpeechTrainingConfig`")


def train_speech(config: SpeechRunConfig) -> None:
    """Stage 1 for speech: cache the clips once, then train; the network lands in `out`."""
    import torch

    from solami.errors import InputError
    from solami.tokenizers.speech import load_net
    from solami.training.speech_data import ClipPool, SpeechClip, load_human, load_synthetic, read_clips, save_clips
    from solami.training.speech_tokenizer import SpeechTrainingConfig, train

    torch.set_num_threads(config.threads)

    def cached(name: str, load: Any) -> list[SpeechClip]:
        path = config.out / f"{name}.npz"
        if not path.exists():
            save_clips(load(), path)
        return read_clips(path)

    clips: list[SpeechClip] = []
    weights: list[float] = []
    if config.human is not None:
        folder = config.human
        human = cached("human_train", lambda: load_human(folder, "train", config.max_clip_seconds))
        clips += human
        weights += [config.human_share / len(human)] * len(human)
    if config.synthetic is not None:
        source = config.synthetic
        made = cached("synthetic", lambda: load_synthetic(source))
        clips += made
        weights += [(1.0 - config.human_share) / len(made)] * len(made)
    if not clips:
        raise InputError("training speech: got neither `human` nor `synthetic`; name at least one folder in the config")
    settings = SpeechTrainingConfig.model_validate(config.training)
    start = load_net(config.start).requires_grad_(True).train() if config.start else None
    train(settings, ClipPool(clips, np.array(weights, np.float32)), config.out, start)

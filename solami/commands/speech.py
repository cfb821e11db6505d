"""The command that trains the speech tokenizer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import Field

from solami.strict import Strict
from solami.workers import worker_pool

if TYPE_CHECKING:
    from solami.frames import FloatArray
    from solami.training.speech_data import SpeechClip
    from solami.training.speech_pool import ClipPool


class SpeechRunConfig(Strict):
    """`configs/train/speech.yaml`: data, where to save, and how to train."""

    human: Path | None = None  # folder of the data pack's speech
    synthetic: Path | None = None  # folder written by `solami data build --stage labelled`
    human_share: float = 0.45  # of the clips drawn
    retold_share: float = Field(0.0, ge=0, le=1, description="of the clips that another voice said too: decoded in it")
    emphasis: dict[str, float] = Field({}, description="speakers whose names begin so are drawn so many times as often")
    cache: Path = Path("runs/speech_clips")  # the clips with pitch and phones, made once; delete it when data change
    out: Path = Path("runs/speech")
    start: Path | None = None  # checkpoint folder to go on from
    max_clip_seconds: float = 40.0
    max_piece_seconds: float = 10.0  # longer clips are cut at pauses
    threads: int = 2
    training: dict[str, Any] = Field({}, description="see `training.speech_tokenizer.SpeechTrainingConfig`")


def train_speech(config: SpeechRunConfig) -> None:
    """Stage 1 for speech: cache the clips once, then train; the network lands in `out`.

    Raises InputError where the config names no data, or the data cannot be read.
    """
    from solami.tokenizers.speech import load_net
    from solami.training.speech_growth import grown
    from solami.training.speech_tokenizer import SpeechTrainingConfig, train

    settings = SpeechTrainingConfig.model_validate(config.training)
    pool = clip_pool(config)
    train(settings, pool, config.out, grown(load_net(config.start), settings.net) if config.start else None)


def compare_speech_designs(config: SpeechRunConfig, pack: Path, limit: int | None) -> dict[str, list[dict[str, Any]]]:
    """Train our network and the SEANet baseline alike, then measure both on held-out speech: rows by design."""
    from solami.evaluation.recognition import Recogniser
    from solami.evaluation.recordings import human_recordings, synthetic_recordings
    from solami.evaluation.speech_tokenizer import speech_measures
    from solami.training.speech_comparison import train_both
    from solami.training.speech_tokenizer import SpeechTrainingConfig

    trained = train_both(SpeechTrainingConfig.model_validate(config.training), clip_pool(config))
    rows: dict[str, list[dict[str, Any]]] = {}
    listeners = {"word_error": Recogniser()}
    for name, tokenizer in trained.items():
        recordings = human_recordings(pack / "speech", "test", tokenizer.sample_rate, limit)
        recordings += synthetic_recordings(tokenizer.sample_rate, limit)
        rows[name] = [row.as_row() for row in speech_measures(tokenizer, listeners, recordings, "test")]
    return rows


def clip_pool(config: SpeechRunConfig) -> ClipPool:
    """The clips a run draws from. Raises InputError where the config names none."""
    import torch

    from solami.errors import InputError
    from solami.training.speech_data import read_clips
    from solami.training.speech_pool import ClipPool

    if config.human is None and config.synthetic is None:
        raise InputError("training speech: got neither `human` nor `synthetic`; name at least one folder in the config")
    torch.set_num_threads(config.threads)
    shares = {"human_train": config.human_share, "synthetic": 1.0 - config.human_share}
    parts = {path.stem: read_clips(path) for path in _cached_clips(config)}
    clips = [clip for part in parts.values() for clip in part]
    weights = [shares[name] * _shares_of(part, config.emphasis) for name, part in parts.items()]
    return ClipPool(clips, np.concatenate(weights).astype(np.float32), config.retold_share)


def _shares_of(clips: list[SpeechClip], emphasis: dict[str, float]) -> FloatArray:
    """How often each of the clips is drawn, [N] that sum to 1."""
    raised = [max((by for name, by in emphasis.items() if c.speaker.startswith(name)), default=1.0) for c in clips]
    return np.asarray(raised, np.float32) / np.sum(raised)


def _cached_clips(config: SpeechRunConfig) -> list[Path]:
    """The clips of each source in `cache`; what is missing is read side by side, each source by a process."""
    from solami.training.speech_pieces import cache_human, cache_synthetic

    human, synthetic = config.cache / "human_train.npz", config.cache / "synthetic.npz"
    with worker_pool(2) as pool:
        jobs = []
        if config.human is not None and not human.exists():
            limits_s = (config.max_clip_seconds, config.max_piece_seconds)
            jobs.append(pool.submit(cache_human, config.human, "train", *limits_s, human))
        if config.synthetic is not None and not synthetic.exists():
            jobs.append(pool.submit(cache_synthetic, config.synthetic, synthetic))
        for job in jobs:
            job.result()
    named = ((config.human, human), (config.synthetic, synthetic))
    return [path for folder, path in named if folder is not None]

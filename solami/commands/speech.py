"""Commands about speech: train the tokenizer, send a file through it and back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from solami.strict import Strict


class SpeechRunConfig(Strict):
    """`configs/train/speech.yaml`: data, where to save, and how to train."""

    human: Path | None = None  # folder of the data pack's speech
    synthetic: Path | None = None  # folder written by `solami data build --stage synth`
    human_share: float = 0.45  # of the clips drawn
    out: Path = Path("runs/speech")
    start: Path | None = None  # checkpoint folder to go on from
    max_clip_seconds: float = 8.0
    threads: int = 2
    training: dict[str, Any] = {}


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


def roundtrip_speech(
    checkpoint: Path, source: Path, target: Path, *, text: str | None, voice: Path | None, codes: Path | None
) -> dict[str, float]:
    """Encode and decode a wav; returns seconds, level_db, bits_per_s and, with `text`, wer_before and wer_after."""
    import soundfile

    from solami.audio.wav import read_wav
    from solami.frames import AudioChunk
    from solami.tokenizers.speech import NeuralSpeechTokenizer

    tokenizer = NeuralSpeechTokenizer.load(checkpoint)
    samples = read_wav(source, tokenizer.sample_rate).samples
    reference = read_wav(voice, tokenizer.sample_rate) if voice else AudioChunk(samples, tokenizer.sample_rate)
    made = tokenizer.encode(samples)
    out = tokenizer.decode(made, tokenizer.embed_voice("reference", reference))[: len(samples)]
    soundfile.write(target, out, tokenizer.sample_rate)
    if codes is not None:
        np.savez(codes, values=made.values, frame_rate=made.frame_rate)
    report = {
        "seconds": len(samples) / tokenizer.sample_rate,
        "level_db": float(20 * np.log10(np.sqrt(np.mean(out**2)) + 1e-9)),
        "bits_per_s": float(np.log2(tokenizer.spec.codebook_size) * tokenizer.spec.frame_rate),
    }
    if text is not None:
        from solami.evaluation.recognition import Recogniser, word_errors

        recogniser = Recogniser()
        report["wer_before"] = word_errors(text, recogniser.words(samples)).rate
        report["wer_after"] = word_errors(text, recogniser.words(out)).rate
    return report

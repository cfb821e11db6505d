"""Every measure of a checkpoint's tokenizers on held-out data, by room: motion, speech, three points."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from solami.body.pack import Clip
from solami.datasets.phones import phones_can_be_read
from solami.evaluation.measures import Listener, Measure, spread
from solami.evaluation.motion_tokenizer import motion_measures
from solami.evaluation.phones import phone_measures
from solami.evaluation.recordings import (
    AGENT,
    Recording,
    human_recordings,
    new_voice_recordings,
    synthetic_recordings,
)
from solami.evaluation.revoicing import revoicing_measures
from solami.evaluation.senses import EarListener
from solami.evaluation.speech_tokenizer import speech_codebook_use, speech_measures
from solami.evaluation.three_points import nearest_model, three_points_measures
from solami.evaluation.visemes import aligned_clips, synthetic_clips, viseme_measures
from solami.outside.ports import Ear
from solami.tokenizers.base import MotionTokenizer, SpeechTokenizer
from solami.tokenizers.speech import NeuralSpeechTokenizer
from solami.tokenizers.three_points import CONFIG, ThreePointModel
from solami.tokenizers.visemes import mouth_of
from solami.training.motion_scores import codebook_use

SPLITS = ("val+test", "test")


def motion_rows(tokenizer: MotionTokenizer, index: Sequence[Clip], limit: int | None) -> list[Measure]:
    """Of the motion tokenizer, on val + test and on test alone."""
    return [row for name in SPLITS for row in motion_measures(tokenizer, spread(_of(index, name), limit), name)]


def three_points_rows(checkpoint: Path, index: Sequence[Clip], limit: int | None) -> list[Measure]:
    """Of the three-point model beside its nearest-neighbour baseline; none where the checkpoint has no such model."""
    if not (checkpoint / CONFIG).is_file():
        return []
    model = ThreePointModel.load(checkpoint)
    baseline = nearest_model(model, _of(index, "train"))
    parts = ((name, spread(_of(index, name), limit)) for name in SPLITS)
    return [row for name, clips in parts for row in three_points_measures(model, baseline, clips, name)]


def speech_rows(
    tokenizer: SpeechTokenizer, listener: Listener, ear: Ear | None, folder: Path, split: str, limit: int | None
) -> list[Measure]:
    """Of the speech tokenizer, and of the mouth shapes where its codes tell them; human and synthetic apart."""
    human = human_recordings(folder, split, tokenizer.sample_rate, limit)
    synthetic = synthetic_recordings(tokenizer.sample_rate, limit) + new_voice_recordings(tokenizer.sample_rate, limit)
    listeners: dict[str, Listener] = {"word_error": listener}
    if ear is not None:
        listeners["word_error_of_ear"] = EarListener(ear, tokenizer.sample_rate)
    rows: list[Measure] = []
    for recordings, name in ((human, split), (synthetic, "test")):
        rows += _phone_rows(tokenizer, recordings, name)
        rows += speech_measures(tokenizer, listeners, recordings, name)
    agent = [recording for recording in synthetic if recording.source == AGENT]
    others = [recording for recording in synthetic if recording.source != AGENT]
    rows += revoicing_measures(tokenizer, listeners, agent, [*others, *human], "test")
    return rows + _mouth_rows(tokenizer, human, split)


def motion_use(tokenizer: MotionTokenizer, index: Sequence[Clip], limit: int | None) -> dict[str, dict[str, float]]:
    """How train clips use each codebook of the motion tokenizer, by its name."""
    return codebook_use(tokenizer, spread(_of(index, "train"), limit))


def speech_use(tokenizer: SpeechTokenizer, folder: Path, limit: int | None) -> dict[str, dict[str, float]]:
    """The same of the speech tokenizer, by people's train clips."""
    return speech_codebook_use(tokenizer, human_recordings(folder, "train", tokenizer.sample_rate, limit))


def _phone_rows(tokenizer: SpeechTokenizer, recordings: Sequence[Recording], split: str) -> list[Measure]:
    """Of codes that tell phones; none where the program is missing that reads texts as phones."""
    if not isinstance(tokenizer, NeuralSpeechTokenizer) or not phones_can_be_read():
        return []
    return phone_measures(tokenizer, recordings, split)


def _mouth_rows(tokenizer: SpeechTokenizer, human: Sequence[Recording], split: str) -> list[Measure]:
    """Of mouth shapes, on people's clips and on synthesised lines of the same words."""
    mouth = mouth_of(tokenizer)
    if mouth is None:
        return []
    timed = [*aligned_clips(human), *synthetic_clips(recording.text for recording in human)]
    return viseme_measures(tokenizer, mouth, timed, split)


def _of(index: Sequence[Clip], splits: str) -> list[Clip]:
    return [clip for clip in index if clip.split in splits.split("+")]

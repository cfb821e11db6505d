"""Batches of utterances."""

import numpy as np

from solami.training.speech_batches import WARM_CODES, collate, frame_labels
from solami.training.speech_data import SpeechClip


def _clip(seconds: float, starts: bool = True) -> SpeechClip:
    time = np.arange(int(16_000 * seconds)) / 16_000
    wave = (6000 * np.sin(2 * np.pi * 150 * time)).astype(np.int16)
    times = np.array([0, 0.5, 1.0] if starts else [], np.float32)
    return SpeechClip(wave, np.full(len(wave) // 160, 150.0, np.float32), np.array([1, 2, 3], np.int16), times, "a")


def test_frame_labels_follow_phone_times() -> None:
    """The label of a code is the phone under its middle; without times there are no labels."""
    labels = frame_labels(_clip(2.0), 50)
    assert (labels[0], labels[13], labels[30]) == (1, 2, 3)
    assert (frame_labels(_clip(2.0, starts=False), 50) == -100).all()


def test_halves_of_a_code_have_labels_of_their_own() -> None:
    """A phone that begins at half a second begins in the second half of the thirteenth code."""
    labels = frame_labels(_clip(2.0), 50, 2).reshape(-1, 2)
    assert labels[11].tolist() == [1, 1] and labels[12].tolist() == [1, 2] and labels[13].tolist() == [2, 2]
    batch = collate([(_clip(2.0), _clip(2.0))], 30, np.random.default_rng(0))
    assert (batch.half_phones[0].numpy() == labels).all()


def test_a_batch_is_padded_and_cropped_inside_each_clip() -> None:
    """Clips of two lengths share one, labels end with each clip, and crops lie within it; pauses are no CTC target."""
    short, long = _clip(1.6), _clip(3.0)
    batch = collate([(short, long), (long, long)], 30, np.random.default_rng(0))
    assert batch.samples.shape == (2, 75 * 640) and batch.f0_hz.shape == (2, 300)
    assert batch.codes.tolist() == [40, 75]
    assert (batch.frame_phones[0, 40:] == -100).all() and (batch.frame_phones[1] > 0).all()
    assert all(0 <= int(c) <= int(n) - 30 - WARM_CODES for c, n in zip(batch.crop, batch.codes, strict=True))
    assert batch.phones[0].tolist() == [2, 3]

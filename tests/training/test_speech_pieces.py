"""Utterances cut at their pauses."""

import numpy as np

from solami.datasets.phones import PAUSE, PHONE_IDS
from solami.training.speech_data import SpeechClip
from solami.training.speech_pieces import at_pauses

PAU = PHONE_IDS[PAUSE]


def _clip(seconds: int, pauses_s: list[int], timed: bool = True) -> SpeechClip:
    """A phone a second, numbered by its second, with pauses at some of them; samples count up the hops."""
    phones = np.array([PAU if s in pauses_s else 3 + s for s in range(seconds)], np.int16)
    starts_s = np.arange(seconds, dtype=np.float32) if timed else np.zeros(0, np.float32)
    samples = np.repeat(np.arange(100 * seconds), 160).astype(np.int16)
    return SpeechClip(samples, np.arange(100 * seconds, dtype=np.float32), phones, starts_s, "a")


def test_a_short_clip_stays_whole() -> None:
    """What is short enough is the same object."""
    clip = _clip(8, [3])
    assert at_pauses(clip, 8.0) == [clip]


def test_pieces_end_in_the_middle_of_pauses_and_keep_their_phones() -> None:
    """Ten seconds with pauses at 3, 6 and 8 become 6.5 and 3.5 s; samples, pitch, phones and times agree."""
    first, second = at_pauses(_clip(10, [3, 6, 8]), 7.0)
    assert [len(piece.samples) / 16_000 for piece in (first, second)] == [6.5, 3.5]
    assert first.phones.tolist() == [3, 4, 5, PAU, 7, 8, PAU]
    assert second.phones.tolist() == [PAU, 10, PAU, 12]
    np.testing.assert_allclose(second.starts_s, [0, 0.5, 1.5, 2.5])
    assert second.f0_hz[0] == 650 and second.samples[0] == 650


def test_speech_without_a_pause_is_left_out() -> None:
    """A stretch longer than the limit goes, its neighbours stay; without phone times the whole clip goes."""
    pieces = at_pauses(_clip(14, [2, 12]), 5.0)
    assert [len(piece.samples) / 16_000 for piece in pieces] == [2.5, 1.5]
    assert at_pauses(_clip(14, [2, 12], timed=False), 5.0) == []

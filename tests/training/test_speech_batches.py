"""Batches of utterances."""

import numpy as np
import pytest

from solami.tokenizers.modules import source_filter as sf
from solami.training.speech_batches import SAID_RMS, WARM_CODES, collate, frame_labels, said_frames
from solami.training.speech_data import SpeechClip
from solami.training.speech_pool import Drawn


def _clip(seconds: float, starts: bool = True) -> SpeechClip:
    time = np.arange(int(16_000 * seconds)) / 16_000
    wave = (6000 * np.sin(2 * np.pi * 150 * time)).astype(np.int16)
    times = np.array([0, 0.5, 1.0] if starts else [], np.float32)
    return SpeechClip(wave, np.full(len(wave) // 160, 150.0, np.float32), np.array([1, 2, 3], np.int16), times, "a")


def _as_it_is(clip: SpeechClip) -> Drawn:
    return Drawn(clip, clip, clip)


def _words(starts_s: list[float], seconds: float, hz: tuple[float, ...], speaker: str) -> SpeechClip:
    """One tone a phone, each in its own place, at the pitch of its number."""
    time = np.arange(int(16_000 * seconds)) / 16_000
    pitch = np.asarray(hz)[np.searchsorted(starts_s, time, side="right") - 1]
    wave = 6000 * np.sin(2 * np.pi * np.cumsum(pitch) / 16_000)
    f0_hz = pitch[80::160].astype(np.float32)
    phones = np.array([1, 2, 3], np.int16)
    return SpeechClip(wave.astype(np.int16), f0_hz, phones, np.array(starts_s, np.float32), speaker)


def test_frame_labels_follow_phone_times() -> None:
    """The label of a code is the phone under its middle; without times there are no labels."""
    labels = frame_labels(_clip(2.0), 50)
    assert (labels[0], labels[13], labels[30]) == (1, 2, 3)
    assert (frame_labels(_clip(2.0, starts=False), 50) == -100).all()


def test_halves_of_a_code_have_labels_of_their_own() -> None:
    """A phone that begins at half a second begins in the second half of the thirteenth code."""
    labels = frame_labels(_clip(2.0), 50, 2).reshape(-1, 2)
    assert labels[11].tolist() == [1, 1] and labels[12].tolist() == [1, 2] and labels[13].tolist() == [2, 2]
    batch = collate([_as_it_is(_clip(2.0))], 30, np.random.default_rng(0))
    assert (batch.half_phones[0].numpy() == labels).all()


def test_a_batch_is_padded_and_cropped_inside_each_clip() -> None:
    """Clips of two lengths share one, labels end with each clip, and crops lie within it; pauses are no CTC target."""
    short, long = _clip(1.6), _clip(3.0)
    batch = collate([_as_it_is(short), _as_it_is(long)], 30, np.random.default_rng(0))
    assert batch.samples.shape == (2, 75 * 640)
    assert batch.said.shape == (2, 120, sf.WINDOW) and batch.said_f0_hz.shape == (2, 120)
    assert batch.codes.tolist() == [40, 75]
    assert (batch.frame_phones[0, 40:] == -100).all() and (batch.frame_phones[1] > 0).all()
    assert all(0 <= int(c) <= int(n) - 30 - WARM_CODES for c, n in zip(batch.crop, batch.codes, strict=True))
    assert batch.phones[0].tolist() == [2, 3]


def test_what_shall_be_said_is_the_clip_itself_at_one_level() -> None:
    """Overlapping windows are the clip's own samples around each hop; level is the same however loud it is heard."""
    clip = _clip(2.0)
    windows, f0_hz = said_frames(_as_it_is(clip), 40, 20)
    padded = np.pad(clip.samples / 32768.0, sf.REACH)
    for frame in (0, 7, 19):
        want = padded[(40 + frame) * sf.HOP :][: sf.WINDOW]
        assert np.corrcoef(windows[frame], want)[0, 1] == pytest.approx(1.0, abs=1e-5)
    assert np.sqrt(np.mean(windows**2)) == pytest.approx(SAID_RMS, rel=0.05)
    assert (f0_hz == 150.0).all()
    drawn = [_as_it_is(clip)] * 20
    batch = collate(drawn, 30, np.random.default_rng(0))
    heard = batch.samples.square().mean(dim=1).sqrt()
    assert heard.max() > 2 * heard.min()
    said = batch.said.square().mean(dim=(1, 2)).sqrt()
    assert said.max() < 1.02 * said.min()


def test_another_voice_says_each_phone_where_it_was_heard() -> None:
    """Frames follow the phones of what is heard, however much faster the other speaks; pitch is the other's."""
    heard = _words([0.0, 0.5, 1.5], 2.0, (100.0, 100.0, 100.0), "a")
    told = _words([0.0, 0.2, 0.6], 1.0, (200.0, 300.0, 400.0), "b")
    windows, f0_hz = said_frames(Drawn(heard, told, told), 0, 210)
    assert (f0_hz[2:48] == 200).all() and (f0_hz[52:148] == 300).all() and (f0_hz[152:198] == 400).all()
    spectra = np.abs(np.fft.rfft(windows * np.hanning(sf.WINDOW), axis=1))
    peaks_hz = spectra.argmax(axis=1) * sf.SAMPLE_RATE / sf.WINDOW
    assert np.abs(peaks_hz[5:45] - 200).max() < 32
    assert np.abs(peaks_hz[55:145] - 300).max() < 32
    assert np.abs(peaks_hz[155:195] - 400).max() < 32
    assert (windows[205:] == 0).all() and (f0_hz[202:] == 0).all()  # both are over

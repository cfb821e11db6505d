"""The user's audio on its way in."""

import numpy as np

from solami.audio.front_end import FrontEnd
from solami.audio.vad import TurnDetector
from solami.body.procedural import wave
from solami.stream_server.listening import Ear
from solami.stream_server.settings import SessionSettings

VAD = SessionSettings.model_validate({"input_audio_format": {"rate": 16000}})


def test_windows_lose_nothing() -> None:
    """All samples come out once, in order and without direct current, whatever the chunking."""
    ear, samples = Ear(VAD, 16000), (np.arange(5000) / 5000).astype(np.float32)
    windows = [
        window for part in np.split(samples, [1, 700, 701, 3000]) for window, _ in ear.windows(ear.resample(part))
    ]
    np.testing.assert_array_equal(np.concatenate([*windows, ear.flush()]), FrontEnd(16000).push(samples))


def test_the_ring_holds_the_prefix() -> None:
    """The ring keeps the last padding and poses of the same time, and is empty once taken."""
    ear = Ear(VAD, 16000)
    for at in range(50):
        ear.keep(np.full(512, at, np.float32))
        ear.keep_poses(wave(1 / 30))
    audio, poses = ear.take_ring()
    assert [part[0] for part in audio] == list(range(50 - len(audio), 50))
    assert 0.3 <= len(audio) * 0.032 < 0.5
    assert abs(len(poses) / 30 - len(audio) * 0.032) < 0.05
    assert ear.take_ring() == ([], [])


def test_without_detection_only_the_resampler_holds_back() -> None:
    """With an explicit commit, flush gives the resampler's tail."""
    ear = Ear(SessionSettings(turn_detection=None), 16000)
    samples = np.sin(np.arange(2400) / 9).astype(np.float32)
    assert ear.detector is None
    assert len(ear.resample(samples)) + len(ear.flush()) == 1600


def test_what_we_play_is_asked_for_window_by_window() -> None:
    """The gate gets as many samples of our own voice as of the microphone; its echo opens no turn."""
    rng = np.random.default_rng(0)
    loudness = np.repeat(rng.uniform(0.02, 1.0, 250), 512).astype(np.float32)  # comes and goes as speech
    reply = (0.2 * loudness * rng.standard_normal(len(loudness))).astype(np.float32)
    echo = np.concatenate([np.zeros(2048, np.float32), reply[:-2048]]) * np.float32(0.5)

    def starts(hears_itself: bool) -> int:
        ear = Ear(VAD, 16000)
        ear.detector = TurnDetector(0.5, 500, probability=lambda window: float(np.abs(window).max() > 0.02))
        playing = (lambda count: asked.pop(0)) if hears_itself else lambda count: np.zeros(count, np.float32)
        for _ in ear.windows(echo, playing):
            pass
        return int(ear.detector.speaking)

    asked = list(reply.reshape(-1, 512))
    assert starts(False) == 1
    assert starts(True) == 0 and not asked

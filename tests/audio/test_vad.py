"""Turn edges from voice probabilities."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from solami.audio.resample import resample
from solami.audio.vad import START_WINDOWS, WINDOW, SileroProbability, TurnDetector, VoiceFinder, has_voice
from solami.datasets.tts import EspeakSynthesizer


def _edges(levels: list[float], chunk: int = WINDOW, silence_ms: float = 320) -> list[tuple[str, int]]:
    detector = TurnDetector(0.5, silence_ms, probability=lambda window: float(window[0]))
    samples = np.repeat(np.array(levels, np.float32), WINDOW)
    parts = np.split(samples, range(chunk, len(samples), chunk))
    return [(edge.kind, edge.sample // WINDOW) for part in parts for edge in detector.push(part)]


def test_a_turn_starts_and_ends_where_the_voice_does() -> None:
    """Edges are dated to the first voiced and the first silent window, however the audio is cut."""
    levels = [0.0] * 5 + [0.9] * 20 + [0.0] * 15
    assert _edges(levels) == _edges(levels, chunk=320) == [("started", 5), ("stopped", 25)]


def test_clicks_and_pauses_are_not_edges() -> None:
    """A click starts no turn; a pause shorter than the silence asked for ends none."""
    assert _edges([0.0] * 5 + [0.9] * (START_WINDOWS - 1) + [0.0] * 5) == []
    assert _edges([0.9] * 10 + [0.0] * 9 + [0.9] * 10) == [("started", 0)]


def test_hysteresis() -> None:
    """A voice that fades a little under the threshold goes on."""
    assert _edges([0.9] * 5 + [0.4] * 30) == [("started", 0)]


def test_silero_tells_silence() -> None:
    """The packaged model gives silence a low probability."""
    assert SileroProbability()(np.zeros(WINDOW, np.float32)) < 0.1


def test_silero_runs_on_one_thread() -> None:
    """The detector's OpenMP starts no threads of its own."""
    code = (
        "import os, numpy as np; from solami.audio.vad import SileroProbability as P;"
        "before = os.listdir('/proc/self/task');"
        "P()(np.zeros(512, np.float32)); raise SystemExit(len(os.listdir('/proc/self/task')) - len(before))"
    )
    if not Path("/proc/self/task").is_dir():
        pytest.skip("threads are counted in /proc")
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_pauses_and_voices_are_measured_as_they_go() -> None:
    """Voice counts from its first window without the pause behind it; quiet before any voice is no pause."""
    detector = TurnDetector(0.5, 3200, probability=lambda window: float(window[0]))
    window_ms = 1000 * WINDOW / 16000
    measured = []
    for level in [0.0] * 4 + [0.9] * 10 + [0.0] * 5:
        detector.push(np.full(WINDOW, level, np.float32))
        measured.append((detector.voice_ms / window_ms, detector.pause_ms / window_ms))
    assert measured[3] == (0.0, 0.0)
    assert measured[13] == (10.0, 0.0)
    assert measured[-1] == (10.0, 5.0)


def test_a_speech_that_is_called_over_ended_where_it_fell_quiet() -> None:
    """The edge is that of the silence, and a new voice starts a new speech."""
    detector = TurnDetector(0.5, 3200, probability=lambda window: float(window[0]))
    for level in [0.9] * 10 + [0.0] * 5:
        detector.push(np.full(WINDOW, level, np.float32))
    edge = detector.stop()
    assert (edge.kind, edge.sample // WINDOW) == ("stopped", 10)
    assert not detector.speaking
    edges = [edge for _ in range(5) for edge in detector.push(np.full(WINDOW, 0.9, np.float32))]
    assert [(edge.kind, edge.sample // WINDOW) for edge in edges] == [("started", 15)]


def test_a_voice_is_found_at_any_rate_and_a_noise_is_not() -> None:
    """Words are found at 16 and 24 kHz; noise, a hum and silence are no voice."""
    audio = EspeakSynthesizer("en-us").speak("Hello, can you see me wave to you?").audio
    noise = np.random.default_rng(0).normal(0, 0.1, 32000).astype(np.float32)
    for rate in (16_000, 24_000):
        finder = VoiceFinder(rate)
        finder.push(np.zeros(rate, np.float32))
        finder.push(noise)
        assert not finder.found
        finder.push(resample(audio.samples, audio.sample_rate, rate))
        assert finder.found


def test_a_voice_is_found_wherever_it_stands() -> None:
    """Words behind twenty seconds of quiet are a voice; quiet, noise and nothing are none."""
    audio = EspeakSynthesizer("en-us").speak("Hello, can you see me wave to you?").audio
    quiet = np.zeros(20 * audio.sample_rate, np.float32)
    assert has_voice(np.concatenate([quiet, audio.samples]), audio.sample_rate)
    noise = np.random.default_rng(0).normal(0, 0.1, len(quiet)).astype(np.float32)
    assert not any(has_voice(samples, audio.sample_rate) for samples in (quiet, noise, quiet[:0]))

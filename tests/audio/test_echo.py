"""Echo of our own voice, told from the user's on real recordings."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from solami.audio.echo import EchoGate, likeness
from solami.audio.vad import WINDOW, SileroProbability, TurnDetector
from solami.audio.wav import read_audio

FIRST_WORD_S = 2.5  # when the user begins to speak
DELAY_S = 0.15
SECONDS = 6.0
Signal = NDArray[np.float64]


@cache
def recorded(folder: Path, speaker: str, number: int) -> Signal:
    """Seconds of one reader at -20 dBFS."""
    file = sorted((folder / "speech" / "librispeech" / speaker).glob("*.opus"))[number]
    samples = read_audio(file, 16_000).samples.astype(np.float64)
    samples = np.resize(samples, int(SECONDS * 16_000) // WINDOW * WINDOW)
    return samples * 0.1 / np.sqrt(np.mean(samples**2))


def room(dry: Signal, level_db: float, seed: int = 0) -> Signal:
    """`dry` as a microphone picks it up: later, softer, with 0.4 s of reverberation."""
    count = int(0.4 * 16_000)
    tail = np.random.default_rng(seed).standard_normal(count) * np.exp(-6.9 * np.arange(count) / count)
    response = np.concatenate([np.zeros(int(DELAY_S * 16_000)), [1.0], 0.15 * tail])
    wet = np.fft.irfft(np.fft.rfft(dry, 2 * len(dry)) * np.fft.rfft(response, 2 * len(dry)))[: len(dry)]
    return wet * 0.1 * 10 ** (level_db / 20) / np.sqrt(np.mean(wet**2))


def started_s(microphone: Signal, played: Signal) -> float | None:
    """When the user's turn starts, by the detector that the server uses."""
    gate, detector = EchoGate(), TurnDetector(0.5, 500.0, SileroProbability())
    noise = np.random.default_rng(1).standard_normal(len(microphone)) * 1e-3
    heard, played = (microphone + noise).astype(np.float32), played.astype(np.float32)
    for at in range(0, len(heard), WINDOW):
        window = heard[at : at + WINDOW]
        edges = detector.push(window, is_echo=gate.push(window, played[at : at + WINDOW]))
        if edges:
            return edges[0].sample / 16_000
    return None


def user(folder: Path, level_db: float) -> Signal:
    """Another reader, silent until FIRST_WORD_S."""
    late = np.roll(recorded(folder, "8455", 2), int(FIRST_WORD_S * 16_000))
    late[: int(FIRST_WORD_S * 16_000)] = 0
    return late * 10 ** (level_db / 20)


@pytest.mark.parametrize(("speaker", "number"), [("5142", 3), ("5683", 1)])
def test_our_own_voice_starts_no_turn(data_pack: Path, speaker: str, number: int) -> None:
    """Our reply in the microphone at -12 dB, 150 ms late and with a room's reverberation, is nobody's speech."""
    reply = recorded(data_pack, speaker, number)
    assert started_s(room(reply, -12.0), np.zeros_like(reply)) is not None  # as without a reference
    assert started_s(room(reply, -12.0), reply) is None


@pytest.mark.parametrize("level_db", [0.0, -6.0])
def test_the_user_is_heard_over_it(data_pack: Path, level_db: float) -> None:
    """A user as loud as our reply, or half as loud, starts a turn within a second, and not before speaking."""
    reply = recorded(data_pack, "5142", 3)
    started = started_s(room(reply, -12.0) + user(data_pack, level_db), reply)
    assert started is not None and FIRST_WORD_S <= started < FIRST_WORD_S + 1.0


def test_without_echo_the_user_is_heard_as_ever(data_pack: Path) -> None:
    """Headphones: our reply is not in the microphone and delays no turn."""
    voice = user(data_pack, 0.0)
    assert started_s(voice, recorded(data_pack, "5142", 3)) == started_s(voice, np.zeros_like(voice))


def test_silence_plays_no_part() -> None:
    """Where nothing was played nothing is echo."""
    gate, rng = EchoGate(), np.random.default_rng(0)
    windows = rng.standard_normal((40, WINDOW)).astype(np.float32)
    assert not any(gate.push(window, np.zeros(WINDOW, np.float32)) for window in windows)


def test_the_lag_is_where_the_changes_agree() -> None:
    """Levels that repeat the reference some hops later, in another colour, are most alike at that lag."""
    levels = np.random.default_rng(0).standard_normal((139, 16)) * 10
    mic = levels[75 - 20 : 139 - 20] + np.arange(16)
    assert likeness(mic, levels).argmax() == 20

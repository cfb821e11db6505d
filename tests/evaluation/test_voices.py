"""Voice to voice against a server without a model."""

import asyncio

import numpy as np
import pytest

from solami.commands.bench import seconds_of_input
from solami.evaluation.voices import end_of_speech_s, speak
from solami.frames import AudioChunk
from solami.stream_server.app import create_app
from solami.stream_server.config import ServerConfig
from solami.stream_server.scripted import ScriptedBackend
from solami.stream_server.serving import background_server

VAD = {"type": "server_vad", "silence_duration_ms": 200}


def test_speech_ends_where_it_gets_quiet() -> None:
    """Silence and faint noise behind the last loud window do not count."""
    samples = np.concatenate([np.full(8000, 0.3), np.full(8000, 0.001)]).astype(np.float32)
    assert end_of_speech_s(AudioChunk(samples, 16_000)) == pytest.approx(0.5)
    assert end_of_speech_s(AudioChunk(np.zeros(1600, np.float32), 16_000)) == 0.0


def test_an_answer_is_timed_from_the_end_of_the_speech() -> None:
    """A spoken line is answered after the pause that ends it, not before."""
    audio = seconds_of_input(0.7).audio  # one phrase without a pause
    assert audio is not None
    config = ServerConfig()
    with background_server(create_app(ScriptedBackend(beats=1), config), config) as url:
        turn = asyncio.run(speak(url, audio, VAD))
    assert not turn.cut_in and turn.answered_ms is not None and 200 <= turn.answered_ms < 5000


def test_silence_is_not_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no speech is found there is no answer, and the wait for it ends."""
    monkeypatch.setattr("solami.evaluation.voices.SILENCE_S", 0.5)
    config = ServerConfig()
    with background_server(create_app(ScriptedBackend(beats=1), config), config) as url:
        turn = asyncio.run(speak(url, AudioChunk(np.zeros(4800, np.float32), 16_000), VAD))
    assert turn.answered_ms is None and not turn.cut_in

"""The user's voice under a turn detection, told to a session that only takes notes."""

from typing import Any

import numpy as np
import pytest

from solami.audio.vad import VAD_HZ, WINDOW
from solami.frames import FloatArray, MotionChunk
from solami.stream_server.hearing import Hearing
from solami.stream_server.listening import Ear
from solami.stream_server.outputs import InputTimeout, SpeechEdge
from solami.stream_server.settings import SessionSettings

MS = 1000 * WINDOW / VAD_HZ  # of a window


class Notes:
    """A session that can try replies."""

    def __init__(self, probability: float | None = 0.5) -> None:
        self.probability = probability
        self.is_hearing = self.is_audible = self.is_paused = False
        self.is_awaited = False
        self.may_open = True
        self.heard: list[float] = []
        self.log: list[Any] = []

    def interrupt(self) -> None:
        self.log.append("interrupt")
        self.is_audible = False

    def hear(self, samples: FloatArray) -> None:
        self.is_hearing = True
        self.heard.append(float(np.abs(samples).max()))

    def see(self, motion: MotionChunk) -> None:
        self.log.append("see")

    def pause(self) -> float | None:
        self.log.append("pause")
        self.is_paused = self.probability is not None
        return self.probability

    def go_on(self) -> None:
        self.log.append("go on")
        self.is_paused = False

    def end(self, planned_ms: float, spent_ms: float) -> None:
        self.log.append(("end", spent_ms))
        self.is_hearing = self.is_paused = False

    def tell(self, noticed: SpeechEdge | InputTimeout) -> None:
        self.log.append(noticed.kind if isinstance(noticed, SpeechEdge) else noticed)


def build(notes: Notes, **detection: Any) -> Hearing:
    """An ear that takes loud for voice."""
    settings = SessionSettings.model_validate({"input_audio_format": {"rate": 16000}, "turn_detection": detection})
    ear = Ear(settings, 16000)
    assert ear.detector is not None
    assert settings.turn_detection is not None
    ear.detector._probability = lambda window: float(abs(window).max() > 0.05)
    return Hearing(ear, settings.turn_detection, notes)


def say(hearing: Hearing, ms: float, loud: bool) -> None:
    """Voice or silence of some length, window by window."""
    level = 0.5 if loud else 0.0
    for _ in range(round(ms / MS)):
        wave = level * np.sign(np.sin(np.arange(WINDOW) / 3.0))
        hearing.push(wave.astype(np.float32), lambda count: np.zeros(count, np.float32))


def test_a_long_pause_ends_the_turn_and_a_voice_opens_it() -> None:
    """Started, one trial at the first pause, stopped, end; the beginning of the voice is there."""
    notes = Notes(0.0)
    hearing = build(notes, type="server_vad", silence_duration_ms=500)
    say(hearing, 640, True)
    say(hearing, 1000, False)
    assert notes.log[:3] == ["started", "pause", "stopped"]
    assert notes.log[3][0] == "end"
    assert 450 <= notes.log[3][1] <= 550
    assert len(notes.log) == 4
    assert sum(level > 0 for level in notes.heard) == 20


def test_a_sure_model_ends_the_turn_at_a_short_pause() -> None:
    """With semantic_vad a probable end is taken soon, an improbable one after the long pause."""
    ends = []
    for probability in (0.99, 0.1):
        notes = Notes(probability)
        hearing = build(notes, type="semantic_vad", eagerness="high")
        say(hearing, 640, True)
        say(hearing, 3000, False)
        ends.append(notes.log[-1][1])
    assert ends[0] < 250
    assert ends[1] >= 450


def test_a_user_who_goes_on_loses_nothing() -> None:
    """A pause begins a trial that the voice takes back; what was said before, in and after it is heard in order."""
    notes = Notes()
    hearing = build(notes, type="server_vad", silence_duration_ms=500)
    say(hearing, 640, True)
    say(hearing, 320, False)
    assert notes.is_paused
    say(hearing, 320, True)
    assert notes.log == ["started", "pause", "go on"]
    assert [level > 0 for level in notes.heard] == [True] * 20 + [False] * 10 + [True] * 10


def test_every_pause_is_asked_about_once() -> None:
    """Two pauses, two trials."""
    notes = Notes()
    hearing = build(notes, type="server_vad", silence_duration_ms=500)
    say(hearing, 640, True)
    for _ in range(2):
        say(hearing, 320, False)
        say(hearing, 320, True)
    assert notes.log.count("pause") == notes.log.count("go on") == 2


def test_a_model_that_cannot_try_is_heard_to_the_end() -> None:
    """Where nothing can be tried all windows of the pause are heard, and the long pause ends the turn."""
    notes = Notes(None)
    hearing = build(notes, type="semantic_vad", eagerness="high")
    say(hearing, 640, True)
    say(hearing, 640, False)
    assert notes.log[-1][0] == "end"
    assert len(notes.heard) >= 20 + 14


@pytest.mark.parametrize("ms", [96, 160])
def test_a_short_noise_does_not_interrupt(ms: float) -> None:
    """While the character speaks, a noise shorter than min_interruption_ms leaves no trace."""
    notes = Notes()
    notes.is_audible = True
    hearing = build(notes, type="server_vad", min_interruption_ms=200)
    for _ in range(3):
        say(hearing, ms, True)
        say(hearing, 400, False)
    assert notes.log == []


def test_a_voice_interrupts_with_its_beginning() -> None:
    """A longer voice interrupts, and the turn it opens holds it from its first window."""
    notes = Notes()
    notes.is_audible = True
    hearing = build(notes, type="server_vad", min_interruption_ms=200, prefix_padding_ms=0)
    say(hearing, 640, False)
    say(hearing, 320, True)
    assert notes.log == ["started", "interrupt"]
    assert [level > 0 for level in notes.heard] == [True] * 10


def test_a_protected_reply_is_not_interrupted() -> None:
    """With interrupt_response false a voice waits until the character has spoken."""
    notes = Notes()
    notes.is_audible = True
    hearing = build(notes, type="server_vad", interrupt_response=False)
    say(hearing, 960, True)
    assert notes.log == []
    notes.is_audible = False
    say(hearing, 96, True)
    assert notes.log == ["started"]


def test_the_client_may_decide_during_a_trial() -> None:
    """go_on from outside gives the held windows back, once."""
    notes = Notes()
    hearing = build(notes, type="server_vad", silence_duration_ms=500)
    say(hearing, 640, True)
    say(hearing, 320, False)
    before = len(notes.heard)
    hearing.go_on()
    hearing.go_on()
    assert not notes.is_paused
    assert len(notes.heard) == before + 4  # six windows of pause were heard before the trial


@pytest.mark.parametrize("padding_ms", [0, 300])
def test_a_character_that_waits_too_long_is_given_the_silence(padding_ms: int) -> None:
    """After idle_timeout_ms of quiet behind a reply the turn is told, opened and ended, once; before it nothing is."""
    notes = Notes()
    hearing = build(notes, type="server_vad", idle_timeout_ms=1600, prefix_padding_ms=padding_ms)
    say(hearing, 3200, False)
    assert notes.log == []
    notes.is_awaited = True
    say(hearing, 1600 - MS, False)
    assert notes.log == []
    say(hearing, MS, False)
    timeout, end = notes.log
    assert timeout.end_ms - timeout.start_ms == 1600
    assert timeout.end_ms == 4800
    assert end == ("end", 0.0)
    assert notes.heard and not any(notes.heard)
    notes.is_awaited = False
    say(hearing, 3200, False)
    assert len(notes.log) == 2


def test_a_client_that_asks_itself_is_not_hurried() -> None:
    """Without create_response the character waits for ever; so it does where it has been answered meanwhile."""
    notes = Notes()
    notes.is_awaited = True
    say(build(notes, type="server_vad", idle_timeout_ms=1600, create_response=False), 3200, False)
    assert notes.log == []
    hearing = build(notes, type="server_vad", idle_timeout_ms=1600)
    for _ in range(3):
        notes.is_awaited = True
        say(hearing, 1280, False)
        notes.is_awaited = False
        say(hearing, MS, False)
    assert notes.log == []

"""Ears on threads of their own."""

import threading

import numpy as np

from solami.frames import AudioChunk
from solami.outside.ears import ThreadedEar
from solami.outside.ports import Bell

AUDIO = AudioChunk(np.zeros(1600, np.float32), 16_000)


def test_a_late_ear_is_given_up() -> None:
    """After the time-out the future fails, rings, and words that come later change nothing."""
    goes_on, rung = threading.Event(), threading.Event()
    bell = Bell()
    bell.listener = rung.set

    def slow(_: AudioChunk) -> str:
        goes_on.wait(60)
        return "too late"

    turn = ThreadedEar(slow, 0.05, bell, threads=1).listen(16_000)
    turn.push(AUDIO.samples)
    heard = turn.end()
    assert heard is not None and isinstance(heard.exception(30), TimeoutError) and rung.is_set()
    goes_on.set()
    assert heard.exception() is not None


def test_blanks_are_joined() -> None:
    """Words come with single spaces."""
    assert ThreadedEar(lambda _: " good \n morning ", 30, Bell(), threads=1).hear(AUDIO).result(30) == "good morning"

"""Turns on their way to an ear."""

from concurrent.futures import Future

import numpy as np

from solami.audio.pieces import LastSeconds
from solami.frames import AudioChunk, FloatArray
from solami.outside.listening import EarTurn, joined
from solami.outside.ports import Bell


class EverySecond:
    """Cuts a stream of 10 Hz into seconds."""

    def __init__(self) -> None:
        self.rest = np.zeros(0, np.float32)

    def push(self, samples: FloatArray) -> list[FloatArray]:
        """The seconds that are whole."""
        samples = np.concatenate([self.rest, samples])
        whole = len(samples) // 10
        self.rest = samples[10 * whole :]
        return list(samples[: 10 * whole].reshape(whole, 10))


def heard(audio: AudioChunk) -> Future[str]:
    """How many samples there were."""
    words: Future[str] = Future()
    words.set_result(str(len(audio.samples)))
    return words


def test_a_turn_is_heard_piece_by_piece() -> None:
    """Pieces are heard as they end, the rest with the turn; a turn that goes on is heard anew from its last cut."""
    turn = EarTurn(heard, EverySecond(), 10, Bell())
    assert turn.end() is None
    turn.push(np.zeros(23, np.float32))
    first = turn.end()
    turn.push(np.zeros(9, np.float32))
    second = turn.end()
    assert first is not None and second is not None
    assert (first.result(0), second.result(0)) == ("10 10 3", "10 10 10 2")


def test_a_whole_turn_is_heard_at_its_end() -> None:
    """Without cuts there is one piece."""
    turn = EarTurn(heard, LastSeconds(10, 30.0), 10, Bell())
    turn.push(np.zeros(23, np.float32))
    turn.push(np.zeros(9, np.float32))
    words = turn.end()
    assert words is not None and words.result(0) == "32"


def test_the_bell_rings_when_all_is_there() -> None:
    """In whatever order parts come, the words keep theirs, blanks leave no gap, and the bell rings behind them."""
    bell, rung = Bell(), list[bool]()
    parts: list[Future[str]] = [Future(), Future(), Future()]
    whole = joined(parts, bell)
    bell.listener = lambda: rung.append(whole.done())
    for number, text in ((2, "you"), (0, "see"), (1, "")):
        assert not whole.done()
        parts[number].set_result(text)
    assert whole.result(0) == "see you" and rung == [True]


def test_one_part_that_fails_fails_the_turn() -> None:
    """At once, and what comes later changes nothing."""
    parts: list[Future[str]] = [Future(), Future()]
    whole = joined(parts, Bell())
    parts[1].set_exception(TimeoutError("late"))
    assert isinstance(whole.exception(0), TimeoutError)
    parts[0].set_result("see")
    assert isinstance(whole.exception(0), TimeoutError)

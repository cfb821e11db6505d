"""One turn of the user on its way to an ear: in pieces while it goes on, or whole when it ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from threading import Lock
from typing import Protocol

from solami.frames import AudioChunk, FloatArray
from solami.outside.ports import Bell


class Pieces(Protocol):
    """What cuts a stream, as in `audio.pieces`."""

    @property
    def rest(self) -> FloatArray: ...
    def push(self, samples: FloatArray) -> list[FloatArray]: ...


class EarTurn:
    """Gives an ear what is cut off, and the rest at the end."""

    def __init__(self, hear: Callable[[AudioChunk], Future[str]], cut: Pieces, sample_rate: int, bell: Bell) -> None:
        self._hear, self._cut, self._sample_rate, self._bell = hear, cut, sample_rate, bell
        self._heard: list[Future[str]] = []

    def push(self, samples: FloatArray) -> None:
        """The user's voice."""
        self._heard += [self._hear(AudioChunk(piece, self._sample_rate)) for piece in self._cut.push(samples)]

    def end(self) -> Future[str] | None:
        """The words of all that came; None where nothing did. The turn may go on and end again."""
        rest = self._cut.rest
        last = [self._hear(AudioChunk(rest, self._sample_rate))] if len(rest) else []
        return joined([*self._heard, *last], self._bell) if self._heard or last else None


def joined(parts: Sequence[Future[str]], bell: Bell) -> Future[str]:
    """All words as one line once the last are there, or the error of whichever fails first; then the bell rings."""
    whole: Future[str] = Future()
    whole.add_done_callback(lambda _: bell.ring())
    lock, left = Lock(), [len(parts)]

    def done(part: Future[str]) -> None:
        with lock:
            left[0] -= 1
            error = part.exception()
            if whole.done():
                return
            if error is not None:
                whole.set_exception(error)
            elif left[0] == 0:
                whole.set_result(" ".join(text for each in parts if (text := each.result())))

    for part in parts:
        part.add_done_callback(done)
    return whole

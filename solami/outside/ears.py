"""What every ear beside the model has in common: it listens on threads of its own and gives up in time."""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError, ThreadPoolExecutor

from solami.audio.pieces import LastSeconds
from solami.frames import AudioChunk
from solami.outside.listening import EarTurn, Pieces
from solami.outside.ports import Bell

logger = logging.getLogger(__name__)


MAX_AUDIO_S = 30.0  # Whisper's window; of a longer turn the end is heard


def whole_turns(sample_rate: int) -> Pieces:
    """No pieces: a turn is heard when it is over."""
    return LastSeconds(sample_rate, MAX_AUDIO_S)


class ThreadedEar:
    """Runs `transcribe` beside everything else and gives up on it in time."""

    def __init__(
        self,
        transcribe: Callable[[AudioChunk], str],
        timeout_s: float,
        bell: Bell,
        threads: int,
        cut: Callable[[int], Pieces] = whole_turns,
    ) -> None:
        """`cut`: what cuts turns of a sample rate into the pieces that `transcribe` gets."""
        self._transcribe, self._timeout_s, self._bell, self._cut = transcribe, timeout_s, bell, cut
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="solami-ear")

    def listen(self, sample_rate: int) -> EarTurn:
        """To a turn that begins."""
        return EarTurn(self.hear, self._cut(sample_rate), sample_rate, self._bell)

    def hear(self, audio: AudioChunk) -> Future[str]:
        """Start to listen and return at once; the future fails when the words come too late."""
        heard: Future[str] = Future()
        clock = threading.Timer(self._timeout_s, _fail, (heard, TimeoutError("the ear was late")))
        clock.daemon = True
        clock.start()
        self._threads.submit(self._listen, audio, heard, clock)
        return heard

    def _listen(self, audio: AudioChunk, heard: Future[str], clock: threading.Timer) -> None:
        if heard.done():  # it waited too long for a free thread
            return
        try:
            text = " ".join(self._transcribe(audio).split())  # an endpoint may send no text at all
        except Exception as error:  # whatever a library or a network may say, the model's own ear goes on
            logger.warning("the ear heard nothing: %s", type(error).__name__)
            _fail(heard, error)
        else:
            with contextlib.suppress(InvalidStateError):  # too late
                heard.set_result(text)
        finally:
            clock.cancel()


def _fail(heard: Future[str], error: Exception) -> None:
    with contextlib.suppress(InvalidStateError):  # it was heard after all
        heard.set_exception(error)

"""The user's voice under a turn detection: opens turns, interrupts the character, and ends turns at pauses.

A pause first ends the turn on trial: the model says how likely the user has finished, and the reply may begin. If the
user goes on, all that is taken back and nothing of the voice is lost. Knows no model and no clock but the windows'.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from solami.audio.vad import VAD_HZ, WINDOW, TurnDetector
from solami.frames import FloatArray, MotionChunk
from solami.stream_server.endpointing import FALSE_ALARM_MS, TENTATIVE_MS, pauses_of
from solami.stream_server.listening import Ear
from solami.stream_server.outputs import InputTimeout, SpeechEdge
from solami.stream_server.settings import SemanticTurnDetection, TurnDetection


class Listener(Protocol):
    """The session that the voice belongs to."""

    @property
    def is_hearing(self) -> bool:
        """Whether a turn with a voice is open."""

    @property
    def may_open(self) -> bool:
        """Whether a voice may open a turn now."""

    @property
    def is_audible(self) -> bool:
        """Whether the character speaks."""

    @property
    def is_awaited(self) -> bool:
        """Whether the character has spoken to the end and waits for an answer."""

    def interrupt(self) -> None: ...
    def hear(self, samples: FloatArray) -> None: ...
    def see(self, motion: MotionChunk) -> None: ...
    def pause(self) -> float | None:
        """The turn may be over; returns the probability, None where nothing can be tried."""

    @property
    def is_paused(self) -> bool:
        """Whether the turn was ended on trial."""

    def go_on(self) -> None: ...
    def end(self, planned_ms: float, spent_ms: float) -> None: ...
    def tell(self, noticed: SpeechEdge | InputTimeout) -> None: ...


class Hearing:
    """One session's."""

    def __init__(self, ear: Ear, detection: TurnDetection | SemanticTurnDetection, session: Listener) -> None:
        assert ear.detector is not None
        self._ear, self._detection, self._session = ear, detection, session
        self._detector: TurnDetector = ear.detector
        self._pauses = pauses_of(detection)
        self._held: list[FloatArray | MotionChunk] = []  # since the turn was ended on trial
        self._was_asked = False  # in this pause
        self._probability: float | None = None
        self._awaited_ms = 0.0  # of quiet since the character has spoken

    def push(self, samples: FloatArray, playing: Callable[[int], FloatArray]) -> None:
        """Take samples at the model's rate, in whatever phase the session is."""
        for window, edges in self._ear.windows(samples, playing):
            if self._session.is_hearing:
                self._inside(window, any(edge.kind == "stopped" for edge in edges))
            else:
                self._outside(window)

    def hold(self, motion: MotionChunk) -> None:
        """Poses that came while the turn is ended on trial."""
        self._held.append(motion)

    def go_on(self) -> None:
        """Take the trial back: the turn is open and holds all that came since."""
        if self._session.is_paused:
            self._session.go_on()
        held, self._held = self._held, []
        for part in held:
            if isinstance(part, MotionChunk):
                self._session.see(part)
            else:
                self._session.hear(part)

    def _outside(self, window: FloatArray) -> None:
        self._ear.keep(window)
        if not self._detector.speaking or not self._session.may_open:
            self._wait(window)
            return
        is_interruption = self._session.is_audible
        if is_interruption and not self._interrupts():
            return
        started_ms = self._ear.at_ms(self._detector.started)
        self._session.tell(SpeechEdge("started", started_ms))  # the reason, then the reply's end
        if is_interruption:
            self._session.interrupt()
        self._open()

    def _open(self) -> None:
        """A turn begins with what was kept."""
        audio, poses = self._ear.take_ring()
        for part in audio:
            self._session.hear(part)
        for motion in poses:
            self._session.see(motion)
        self._was_asked, self._probability, self._awaited_ms = False, None, 0.0

    def _wait(self, window: FloatArray) -> None:
        """Nobody speaks: if the character waits for an answer too long, the silence is the user's turn."""
        timeout_ms = self._detection.idle_timeout_ms if isinstance(self._detection, TurnDetection) else None
        if timeout_ms is None or not self._detection.create_response or not self._session.is_awaited:
            self._awaited_ms = 0.0
            return
        self._awaited_ms += WINDOW * 1000 / VAD_HZ
        if self._awaited_ms >= timeout_ms:
            now_ms = self._ear.now_ms
            self._session.tell(InputTimeout(now_ms - self._awaited_ms, now_ms))
            self._open()
            if not self._session.is_hearing:  # nothing was kept
                self._session.hear(window)
            self._session.end(0.0, 0.0)

    def _interrupts(self) -> bool:
        """Whether the voice has lasted long enough; one that falls quiet before was a noise."""
        if self._detector.pause_ms >= FALSE_ALARM_MS:
            self._detector.stop()
            return False
        return self._detection.interrupt_response and self._detector.voice_ms >= self._detection.min_interruption_ms

    def _inside(self, window: FloatArray, is_over: bool) -> None:
        pause_ms = self._pauses.long_ms if is_over else self._detector.pause_ms
        if pause_ms == 0.0:
            self._was_asked, self._probability = False, None
            self.go_on()
        if self._session.is_paused:
            self._held.append(window)
        else:
            self._session.hear(window)
        if TENTATIVE_MS <= pause_ms < self._pauses.long_ms and not self._was_asked:
            self._was_asked, self._probability = True, self._session.pause()
        if self._detector.speaking and not self._pauses.ends(pause_ms, self._probability):
            return
        self._end(pause_ms)

    def _end(self, pause_ms: float) -> None:
        edge = self._detector.stop() if self._detector.speaking else None
        at = self._detector.stopped if edge is None else edge.sample
        self._session.tell(SpeechEdge("stopped", self._ear.at_ms(at)))
        self._held.clear()
        planned_ms = self._pauses.long_ms if self._probability is None else self._pauses.short_ms
        self._was_asked, self._probability = False, None
        self._session.end(planned_ms, pause_ms)

"""The user's audio and poses before they reach the pipeline: rates, echo, voice activity, what was said just before.

With a turn detection the stream is cut into windows; those outside a turn wait in a short ring, so that a turn starts
`prefix_padding_ms` before the voice was noticed. Without one, everything passes.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator

import numpy as np

from solami.audio.echo import ECHO_HZ, EchoGate
from solami.audio.front_end import FrontEnd
from solami.audio.resample import StreamResampler
from solami.audio.vad import START_WINDOWS, VAD_HZ, WINDOW, TurnDetector, TurnEdge
from solami.frames import FloatArray, MotionChunk
from solami.stream_server.endpointing import pauses_of
from solami.stream_server.settings import SessionSettings


def _silence(count: int) -> FloatArray:
    """What a character plays that says nothing."""
    return np.zeros(count, np.float32)


class Ear:
    """One session's input conditioning."""

    def __init__(self, settings: SessionSettings, model_hz: int, start_ms: float = 0.0) -> None:
        """`start_ms`: how much of the user's audio others have heard before."""
        self._start_ms, self._samples = start_ms, 0
        wire_hz = settings.input_audio_format.rate if settings.input_audio_format else model_hz
        self._to_model, self._hz = StreamResampler(wire_hz, model_hz), model_hz
        self.front = FrontEnd(model_hz)
        vad = settings.turn_detection
        self.detector = TurnDetector(vad.threshold, pauses_of(vad).long_ms) if vad else None
        self._to_vad = StreamResampler(model_hz, VAD_HZ)
        self._gate = EchoGate() if model_hz == ECHO_HZ else None  # models of other rates take their echo for a voice
        self._window = round(WINDOW * model_hz / VAD_HZ)
        self._rest = np.zeros(0, np.float32)
        self._padding = math.ceil((vad.prefix_padding_ms if vad else 0) * VAD_HZ / 1000 / WINDOW)
        unsure = math.ceil((vad.min_interruption_ms if vad else 0) * VAD_HZ / 1000 / WINDOW)
        self._ring: deque[FloatArray] = deque(maxlen=START_WINDOWS + self._padding + unsure)
        ring_s = self._ring.maxlen * self._window / model_hz if self._ring.maxlen else 0.0
        self._ring_s, self._poses, self._pose_s = ring_s, deque[MotionChunk](), 0.0

    def resample(self, samples: FloatArray) -> FloatArray:
        """Wire rate to model rate, without direct current."""
        given = self.front.push(self._to_model.push(samples))
        if self.detector is None:  # else windows are counted
            self._samples += len(given)
        return given

    @property
    def now_ms(self) -> float:
        """How much of the user's audio has been heard in the session."""
        return self._start_ms + 1000 * self._samples / self._hz

    def at_ms(self, vad_sample: int) -> float:
        """A sample that the detector counts, on the clock of the session's audio."""
        return self._start_ms + 1000 * vad_sample / VAD_HZ

    def flush(self) -> FloatArray:
        """The end of the user's audio: what the resampler and the windowing still hold."""
        if self.detector is not None:
            return self._rest
        return np.concatenate([self._rest, self.front.push(self._to_model.flush())])

    def windows(
        self, samples: FloatArray, playing: Callable[[int], FloatArray] = _silence
    ) -> Iterator[tuple[FloatArray, list[TurnEdge]]]:
        """Samples at the model's rate as whole windows, one by one, each with the turn edges found in it.

        `playing` gives, window by window, the samples that the client plays meanwhile; their echo is no voice.
        """
        assert self.detector is not None
        self._rest = np.concatenate([self._rest, samples])
        while len(self._rest) >= self._window:
            window, self._rest = self._rest[: self._window], self._rest[self._window :]
            self._samples += len(window)
            is_echo = self._gate is not None and self._gate.push(window, playing(len(window)))
            yield window, self.detector.push(self._to_vad.push(window), is_echo=is_echo)

    def keep(self, window: FloatArray) -> None:
        """Hold a window in the ring."""
        self._ring.append(window)

    def keep_poses(self, motion: MotionChunk) -> None:
        """Hold poses as long as the ring holds audio."""
        self._poses.append(motion)
        self._pose_s += len(motion.rotations) / motion.fps
        while self._poses and self._pose_s - len(self._poses[0].rotations) / self._poses[0].fps >= self._ring_s:
            self._drop_poses()

    def take_ring(self) -> tuple[list[FloatArray], list[MotionChunk]]:
        """The voice that is going on and `prefix_padding_ms` before it, oldest first; the rings are empty then."""
        voice_ms = self.detector.voice_ms + self.detector.pause_ms if self.detector else 0.0
        wanted = self._padding + math.ceil(voice_ms * VAD_HZ / 1000 / WINDOW)
        audio = list(self._ring)[-wanted:] if wanted else []
        seconds = len(audio) * self._window / self._hz
        while self._poses and self._pose_s - len(self._poses[0].rotations) / self._poses[0].fps >= seconds:
            self._drop_poses()
        poses = list(self._poses)
        self._ring.clear()
        self._poses.clear()
        self._pose_s = 0.0
        return audio, poses

    def _drop_poses(self) -> None:
        oldest = self._poses.popleft()
        self._pose_s -= len(oldest.rotations) / oldest.fps

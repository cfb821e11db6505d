"""A backend without a model: it hums and waves in answer to anything. For client developers and for tests.

Its token ids are a digest of exactly what it was given, so a test sees whether input arrived whole and in order.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator

import numpy as np

from solami.body.procedural import idle, wave
from solami.body.timing import cut
from solami.errors import ConfigError, EngineError
from solami.frames import (
    AudioChunk,
    FinishReason,
    FloatArray,
    MotionChunk,
    OutputChunk,
    Placement,
    ReplyDone,
    StageSpent,
    TextDelta,
)
from solami.stream_server.backend import PersonaCard

BEAT_S = 0.4
SAMPLE_RATE = 16_000
FPS = 30.0
_GESTURE_BEATS = 4


class ScriptedConversation:
    """One session: counts what it hears, answers `beats` beats of a hum with a wave."""

    def __init__(self, seed: int, beats: int, beat_delay_s: float) -> None:
        self._beats, self._beat_delay_s = beats, beat_delay_s
        self._history = hashlib.sha256(str(seed).encode())
        self._heard_samples = self._seen_poses = 0
        self._typed = ""
        self._audio: list[bytes] = []
        self._poses: list[bytes] = []
        self._is_open = False
        self.truncations: list[int] = []
        self._idle_beats = 0

    def begin_turn(self, *, speech: bool, body: bool, placement: Placement | None = None) -> None:
        """Start counting."""
        self._is_open, self._heard_samples, self._seen_poses, self._typed = True, 0, 0, ""
        self._audio.clear()
        self._poses.clear()
        self._history.update(f"{speech}{body}".encode())

    def idle(self, *, listening: bool, paused: bool) -> MotionChunk:
        """One beat of standing and breathing."""
        frames = round(BEAT_S * FPS)
        at, self._idle_beats = self._idle_beats % 20 * frames, self._idle_beats + 1
        return cut(idle(20 * BEAT_S, FPS), at, at + frames)

    def drop_turn(self) -> None:
        """Forget the open turn."""
        self._require_open()
        self._is_open = False

    def push_audio(self, samples: FloatArray) -> None:
        """Count samples."""
        self._require_open()
        self._heard_samples += len(samples)
        self._audio.append(samples.tobytes())

    def push_motion(self, motion: MotionChunk) -> None:
        """Count poses."""
        self._require_open()
        self._seen_poses += len(motion.rotations)
        self._poses.append(motion.rotations.tobytes())

    def push_text(self, text: str) -> None:
        """Keep the words."""
        self._require_open()
        self._typed += text

    def end_turn(self) -> None:
        """Fold the turn into the history."""
        self._require_open()
        self._is_open = False
        for part in (*self._audio, *self._poses, self._typed.encode()):
            self._history.update(part)

    def reply(
        self, *, seed: int, max_seconds: float = 20.0, cancelled: Callable[[], bool] = lambda: False
    ) -> Iterator[OutputChunk]:
        """Hum and wave."""
        self._history.update(str(seed).encode())
        digest = self._history.copy().digest()
        yield StageSpent("first_clause", 1.0)
        yield TextDelta("said", f"I heard {self._heard_samples / SAMPLE_RATE:.2f} seconds")
        gesture = wave(_GESTURE_BEATS * BEAT_S, FPS)
        poses, samples = round(BEAT_S * FPS), round(BEAT_S * SAMPLE_RATE)
        done = 0
        while done < self._beats and not cancelled():
            time.sleep(self._beat_delay_s)
            at = done % _GESTURE_BEATS
            part = slice(at * poses, (at + 1) * poses)
            rotations, translation = gesture.rotations[part].copy(), gesture.translation[part].copy()
            yield MotionChunk(rotations, translation, FPS, done * samples)
            yield AudioChunk(_hum(done * samples, samples), SAMPLE_RATE, done * samples)
            if done == 0:
                yield TextDelta("heard", self._typed or "a voice")
                yield TextDelta("saw", f"{self._seen_poses} poses")
                yield TextDelta("said", f" and saw {self._seen_poses} poses.")
            done += 1
        reason: FinishReason = "completed" if done == self._beats else "cancelled"
        yield ReplyDone(reason, tuple(digest[: 2 * done]), done * samples, done * poses)

    def truncate(self, heard_samples: int) -> None:
        """Note it."""
        self.truncations.append(heard_samples)

    def close(self) -> None:
        """Nothing to free."""

    def _require_open(self) -> None:
        if not self._is_open:
            raise EngineError("no turn is open; call begin_turn first")


def _hum(start: int, count: int) -> FloatArray:
    time_s = (start + np.arange(count)) / SAMPLE_RATE
    return (0.2 * np.sin(2 * np.pi * 180.0 * time_s)).astype(np.float32)


class ScriptedBackend:
    """Opens scripted conversations."""

    model = "scripted"
    sample_rate = SAMPLE_RATE
    fps = FPS

    def __init__(self, beats: int = 4, beat_delay_s: float = 0.0) -> None:
        self._beats, self._beat_delay_s = beats, beat_delay_s
        self.conversations: list[ScriptedConversation] = []

    def personas(self) -> list[PersonaCard]:
        """One persona."""
        return [PersonaCard("ada", "A stub that hums and waves")]

    def open(self, persona: str, seed: int) -> ScriptedConversation:
        """A fresh conversation."""
        if persona != "ada":
            raise ConfigError(f"no persona {persona!r}; expected one of: ada")
        self.conversations.append(ScriptedConversation(seed, self._beats, self._beat_delay_s))
        return self.conversations[-1]

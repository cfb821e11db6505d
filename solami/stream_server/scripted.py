"""A backend without a model: it plays one performance in answer to anything. For client developers and for tests.

The performance is a hum and a wave, or the clicks and wrist flips of `click_flip`. Its token ids are a digest of
exactly what it was given, so a test sees whether input arrived whole and in order.
"""

from __future__ import annotations

import functools
import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

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
from solami.personas import PersonaCard

BEAT_S = 0.4
SAMPLE_RATE = 16_000
FPS = 30.0
BEAT_SAMPLES, BEAT_POSES = round(BEAT_S * SAMPLE_RATE), round(BEAT_S * FPS)
_GESTURE_BEATS = 4


Performance = Callable[[int], tuple[MotionChunk, FloatArray]]  # beat number -> its poses and samples
_wave = functools.cache(wave)


def hum_and_wave(beat: int) -> tuple[MotionChunk, FloatArray]:
    """A steady hum, and a wave every four beats."""
    gesture = _wave(_GESTURE_BEATS * BEAT_S, FPS)
    first, start = beat % _GESTURE_BEATS * BEAT_POSES, beat * BEAT_SAMPLES
    poses = replace(cut(gesture, first, first + BEAT_POSES), start_sample=start)
    time_s = (start + np.arange(BEAT_SAMPLES)) / SAMPLE_RATE
    return poses, (0.2 * np.sin(2 * np.pi * 180.0 * time_s)).astype(np.float32)


class ScriptedConversation:
    """One session: counts what it hears, answers `beats` beats of a performance."""

    def __init__(self, seed: int, beats: int, beat_delay_s: float, perform: Performance = hum_and_wave) -> None:
        self._beats, self._beat_delay_s, self._perform = beats, beat_delay_s, perform
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
        self,
        *,
        seed: int,
        max_seconds: float = 20.0,
        min_seconds: float = 0.0,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Iterator[OutputChunk]:
        """Perform, whatever was said; longer than usual where `min_seconds` asks for it."""
        beats = max(self._beats, round(min_seconds / BEAT_S))
        self._history.update(str(seed).encode())
        digest = self._history.copy().digest()
        yield StageSpent("first_clause", 1.0)
        yield TextDelta("said", f"I heard {self._heard_samples / SAMPLE_RATE:.2f} seconds")
        done = 0
        while done < beats and not cancelled():
            time.sleep(self._beat_delay_s)
            poses, samples = self._perform(done)
            yield poses
            yield AudioChunk(samples, SAMPLE_RATE, done * BEAT_SAMPLES)
            if done == 0:
                yield TextDelta("heard", self._typed or "a voice")
                yield TextDelta("saw", f"{self._seen_poses} poses")
                yield TextDelta("said", f" and saw {self._seen_poses} poses.")
            done += 1
        reason: FinishReason = "completed" if done == beats else "cancelled"
        yield ReplyDone(reason, tuple(digest[: 2 * done]), done * BEAT_SAMPLES, done * BEAT_POSES)

    def truncate(self, heard_samples: int) -> None:
        """Note it."""
        self.truncations.append(heard_samples)

    def close(self) -> None:
        """Nothing to free."""

    def _require_open(self) -> None:
        if not self._is_open:
            raise EngineError("no turn is open; call begin_turn first")


class ScriptedBackend:
    """Opens scripted conversations."""

    model = "scripted"
    sample_rate = SAMPLE_RATE
    fps = FPS

    def __init__(self, beats: int = 4, beat_delay_s: float = 0.0, perform: Performance = hum_and_wave) -> None:
        self._beats, self._beat_delay_s, self._perform = beats, beat_delay_s, perform
        self.conversations: list[ScriptedConversation] = []

    def personas(self) -> list[PersonaCard]:
        """One persona."""
        return [PersonaCard("ada", "A stub that hums and waves")]

    def open(self, persona: str, seed: int) -> ScriptedConversation:
        """A fresh conversation."""
        if persona != "ada":
            raise ConfigError(f"no persona {persona!r}; expected one of: ada")
        self.conversations.append(ScriptedConversation(seed, self._beats, self._beat_delay_s, self._perform))
        return self.conversations[-1]

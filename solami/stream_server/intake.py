"""What the user says, does and types, on its way into the dialogue: the ear, its hearing, the body that is solved.

Whether a command is taken now or waits is the business of `turns`; whose turn it is that of `dialogue`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from solami.frames import FloatArray, MotionChunk
from solami.stream_server import commands as cmd
from solami.stream_server import outputs as op
from solami.stream_server.dialogue import Dialogue
from solami.stream_server.hearing import Hearing
from solami.stream_server.listening import Ear
from solami.stream_server.protocol import pcm16_to_samples
from solami.stream_server.solving import Solving


class Intake:
    """One session's."""

    def __init__(self, dialogue: Dialogue, model_hz: int, emit: Callable[[op.Output], None]) -> None:
        self._dialogue, self._model_hz = dialogue, model_hz
        self._solving = Solving(dialogue, emit)
        self._listen_from(0.0)

    @property
    def is_listening(self) -> bool:
        """Whether the server itself finds where turns begin and end, so that sound is heard even during replies."""
        return self._hearing is not None

    def inherit(self, other: Intake) -> None:
        """Go on on the clock of one whose thread died."""
        self._solving.inherit(other._solving)
        self._listen_from(other._ear.now_ms)

    def renew(self) -> None:
        """Forget what was heard; the clock goes on. The settings may have changed."""
        self._listen_from(self._ear.now_ms)

    def settle(self) -> None:
        """The client decides itself: a turn that was ended on trial is open again."""
        if self._hearing is not None:
            self._hearing.go_on()

    def hear(self, pcm: bytes) -> None:
        """Sound in which a voice is looked for."""
        assert self._hearing is not None
        self._hearing.push(self._ear.resample(pcm16_to_samples(pcm)), self._playing)

    def take(self, command: cmd.Command) -> None:
        """One command that brings or ends input."""
        dialogue = self._dialogue
        match command:
            case cmd.TrackersIn(trackers):
                self.take(cmd.MotionIn(self._solving.body(trackers)))
            case cmd.AudioIn() | cmd.MotionIn() if dialogue.is_typed:
                pass  # a turn opened by typed words takes neither
            case cmd.AudioIn(pcm):
                dialogue.hear(self._ear.resample(pcm16_to_samples(pcm)))
            case cmd.MotionIn(motion):
                self._see(motion)
            case cmd.TextIn(text):
                self.settle()
                dialogue.open_turn(speech=False, body=False).push_text(text)
            case cmd.EndTurn():
                self._end_turn()
            case cmd.Respond(at_s):
                if dialogue.phase == "listening":
                    self._end_turn()
                dialogue.respond(at_s)
            case cmd.ClearInput():
                self._clear()
            case _:
                raise AssertionError(command)

    def _see(self, motion: MotionChunk) -> None:
        dialogue = self._dialogue
        if self._hearing is not None and dialogue.is_paused:
            self._hearing.hold(motion)
        elif self._hearing is not None and dialogue.phase != "listening":
            self._ear.keep_poses(motion)
        else:
            dialogue.open_turn(speech=dialogue.settings.input_audio_format is not None)
            dialogue.see(motion)

    def _end_turn(self) -> None:
        self.settle()
        hears = self._dialogue.settings.input_audio_format is not None
        self._dialogue.end_turn(self._ear.flush() if hears else None)
        if self._hearing is None:
            self.renew()

    def _clear(self) -> None:
        self.settle()
        if self._dialogue.phase == "listening":
            self.renew()
        self._dialogue.drop_turn()

    def _listen_from(self, heard_ms: float) -> None:
        settings = self._dialogue.settings
        self._ear = Ear(settings, self._model_hz, heard_ms)
        detection = settings.turn_detection
        self._hearing = Hearing(self._ear, detection, self._dialogue) if detection else None

    def _playing(self, count: int) -> FloatArray:
        """The samples [count] that the client plays while so many come in."""
        playing = self._dialogue.answering.playing(count)
        return np.zeros(count, np.float32) if playing is None else playing

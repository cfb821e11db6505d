"""The user's side of one session: streams in, beats prefilled, a turn that ends, or ends on trial and goes on.

Knows no reply but that one may be waited for.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from solami.audio.vad import VoiceFinder
from solami.errors import InputError
from solami.frames import Codes, FloatArray, MotionChunk, Placement
from solami.llm.context import Context, Snapshot
from solami.llm.template import MAX_CAPTION_TOKENS, beat_ids, caption_ids, header_ids
from solami.llm.turns import Beat, Heard, Saw
from solami.pipeline.models import Models
from solami.pipeline.prompting import Prompting
from solami.pipeline.user_beats import UserBeats

MAX_TYPED_TOKENS = 128
FACING = Placement(1.5, 0.0, 0.0)  # where a user stands who says nothing about it


@dataclass(frozen=True, slots=True, eq=False)
class _Paused:
    """A turn as it was before it ended on trial."""

    streams: UserBeats
    context: Snapshot
    beats: tuple[Beat, ...]


class UserSide:
    """One session's."""

    def __init__(self, models: Models, context: Context, prompting: Prompting | None) -> None:
        """`prompting`: who else hears what the user says."""
        self._models, self._context, self._prompting = models, context, prompting
        self._streams: UserBeats | None = None  # while the turn is open
        self._paused: _Paused | None = None
        self._beats: list[Beat] = []  # of the turn, as long as it may turn out to hold no voice
        self._voice: VoiceFinder | None = None
        self._place: Codes | None = None
        self.hears = self.sees = False
        self.is_ready = False  # the turn has ended and waits for a reply
        self.turns = 0  # that have ended
        self.prefill_s = 0.0  # of the end of the last one

    def begin(self, *, speech: bool, body: bool, placement: Placement | None) -> None:
        """Open a turn with the streams it will have; neither for typed text."""
        models = self._models
        self._place = models.placement.encode(placement or FACING) if body else None
        self.hears, self.sees, self.is_ready, self._paused = speech, body, False, None
        self._context.trim()
        self._context.open_turn(self._header(), self.turns + 1)
        self._streams = UserBeats(models.speech, models.motion, hears=speech, sees=body)
        self._beats = []
        self._voice = VoiceFinder(models.speech.sample_rate) if speech and body else None
        if self._prompting:
            self._prompting.begin_turn()

    @property
    def is_open(self) -> bool:
        """Whether a turn is open."""
        return self._streams is not None

    def drop(self) -> None:
        """Forget the open turn as if it had never begun."""
        self._listening()
        self._context.cut(0)
        self._streams = None

    def push_audio(self, samples: FloatArray) -> None:
        """Take samples [T] at the speech tokenizer's rate."""
        streams = self._listening()
        if not self.hears:
            raise InputError("push_audio: the turn was opened without speech")
        if self._prompting:
            self._prompting.push_audio(samples)
        if self._voice:
            self._voice.push(samples)
        self._write_beats(streams.push_audio(samples))

    def push_motion(self, motion: MotionChunk) -> None:
        """Take poses at the motion tokenizer's fps."""
        streams = self._listening()
        if not self.sees:
            raise InputError("push_motion: the turn was opened without a body")
        self._write_beats(streams.push_motion(motion))

    def push_text(self, text: str) -> None:
        """Take typed words; what exceeds the limit of one message is cut off."""
        self._listening()
        if not text.strip():
            raise InputError("push_text: got no words")
        if self._prompting:
            self._prompting.push_text(text)
        self._context.write(caption_ids(self._models.vocabulary, Heard(text))[: 1 + MAX_TYPED_TOKENS])

    def end(self) -> None:
        """Fill the shorter stream to a whole beat and prefill what is left.

        A body beside a microphone that held no voice is a body alone: of a quiet room the model would hear words, and
        see what goes with them.
        """
        begun = time.perf_counter()
        is_silent = self._voice is not None and not self._voice.found
        if is_silent and self._prompting:
            self._prompting.forget_audio()
        self._end()
        if is_silent:
            self._leave_speech_out()
        self.prefill_s = time.perf_counter() - begun

    def pause(self, quiet: FloatArray | None) -> float | None:
        """End the turn on trial; how likely the user has finished, None where the model cannot tell."""
        self._paused = _Paused(self._listening().copied(), self._context.snapshot(), tuple(self._beats))
        if quiet is not None:
            self.push_audio(quiet)
        begun = time.perf_counter()
        self._end()
        self.prefill_s = time.perf_counter() - begun
        unit = self._models.turn_ends
        row = self._context.row if unit and self.hears else None
        return None if row is None or unit is None else unit.probability(row)

    def reopen(self) -> None:
        """The turn is open as it was before `pause`."""
        if self._paused is None:
            raise InputError("reopen_turn: no turn was paused")
        self._streams, self._beats = self._paused.streams, list(self._paused.beats)
        self._context.restore(self._paused.context)
        if self._prompting:
            self._prompting.reopened()
        self.is_ready, self._paused = False, None
        self.turns -= 1

    def lose(self, turns: int) -> None:
        """After a failure: no turn is open or waits for a reply; so many have ended."""
        self._streams, self._paused, self.is_ready, self.turns = None, None, False, turns

    def note(self, noticed: Heard | Saw) -> None:
        """Behind the turn that has ended: what was heard or seen of it, as far as it fits."""
        most = MAX_TYPED_TOKENS if isinstance(noticed, Heard) else MAX_CAPTION_TOKENS
        self._context.write(caption_ids(self._models.vocabulary, noticed)[: 1 + most])

    def close(self) -> None:
        """Nothing more belongs to the turn that has ended."""
        self._context.close_turn(self._models.vocabulary.special("<end>"))
        self.is_ready = False

    def _end(self) -> None:
        if self._prompting:
            self._prompting.end_turn()
        self._write_beats(self._listening().finish())
        self._streams, self.is_ready = None, True
        self.turns += 1

    def _leave_speech_out(self) -> None:
        """Write the turn again, in one go, as if it had been opened with a body alone."""
        self.hears = False
        self._context.cut(0)
        self._context.open_turn(self._header(), self.turns)
        bodies = [replace(beat, speech=None) for beat in self._beats]
        self._context.write([i for beat in bodies for i in self._ids(beat)])

    def _header(self) -> list[int]:
        place = self._place
        return header_ids(self._models.vocabulary, "<user>", speech=self.hears, body=self.sees, placement=place)

    def _ids(self, beat: Beat) -> list[int]:
        return beat_ids(self._models.vocabulary, beat, speech=self.hears, body=self.sees)

    def _listening(self) -> UserBeats:
        if self._streams is None:
            raise InputError("the user's turn is not open; call begin_turn first")
        return self._streams

    def _write_beats(self, beats: tuple[Beat, ...]) -> None:
        """One prefill a beat, so that the engine's arithmetic does not depend on how many came at once."""
        for beat in beats:
            self._context.write(self._ids(beat))
        if self._voice and not self._voice.found:
            self._beats += beats

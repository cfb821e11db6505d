"""One turn of the user on its way in: running audio and poses -> whole beats of codes, in order.

A beat is formed only when every declared stream has reached its end, so the beats do not depend on how the streams were
cut into pushes or interleaved. Knows tokenizers and beats, no token ids.
"""

from __future__ import annotations

import copy
import math

import numpy as np

from solami.body.procedural import idle
from solami.frames import Codes, FloatArray, Modality, MotionChunk
from solami.llm.turns import BEAT_SECONDS, Beat, beats_from_codes, frames_per_beat
from solami.tokenizers.base import MotionCodes, MotionTokenizer, SpeechTokenizer


class UserBeats:
    """The running encoders of one turn."""

    def __init__(self, speech: SpeechTokenizer, motion: MotionTokenizer, *, hears: bool, sees: bool) -> None:
        """Take the tokenizers and which streams the turn declares."""
        self._speech = speech.encoder() if hears else None
        self._motion = motion.encoder() if sees else None
        self._shared = {id(part): part for part in (*speech.shared, *motion.shared)}
        self._samples_per_beat = round(speech.sample_rate * BEAT_SECONDS)
        self._poses_per_beat = round(motion.fps * BEAT_SECONDS)
        self._fps = motion.fps
        self._samples = self._poses = 0
        self._last: MotionChunk | None = None
        specs = [speech.spec] * hears + [motion.body_spec, motion.hands_spec] * sees
        self._codes = {s.modality: Codes(s.modality, _no_codes(s.num_codebooks), s.frame_rate) for s in specs}

    def copied(self) -> UserBeats:
        """The same streams as they are now, to go on apart; models are shared."""
        return copy.deepcopy(self, dict(self._shared))

    def push_audio(self, samples: FloatArray) -> tuple[Beat, ...]:
        """Take samples [T]; return the beats that became whole."""
        assert self._speech is not None, "the turn declares speech"
        self._samples += len(samples)
        self._append(self._speech.push(samples))
        return self._take_beats()

    def push_motion(self, motion: MotionChunk) -> tuple[Beat, ...]:
        """Take poses; return the beats that became whole."""
        assert self._motion is not None, "the turn declares a body"
        if len(motion.rotations):
            self._last = motion
        self._poses += len(motion.rotations)
        self._append_motion(self._motion.push(motion))
        return self._take_beats()

    def finish(self) -> tuple[Beat, ...]:
        """Fill the shorter stream to the longer one's last whole beat, with silence or the held pose; the rest."""
        count = math.ceil(max(self._samples / self._samples_per_beat, self._poses / self._poses_per_beat))
        beats: tuple[Beat, ...] = ()
        if self._speech is not None:
            missing = count * self._samples_per_beat - self._samples
            beats += self.push_audio(np.zeros(missing, np.float32))
            self._append(self._speech.flush())
        if self._motion is not None:
            beats += self.push_motion(self._held(count * self._poses_per_beat - self._poses))
            self._append_motion(self._motion.flush())
        return beats + self._take_beats()

    def _held(self, count: int) -> MotionChunk:
        """The last pose `count` times; standing idly if there was none."""
        last = self._last or idle(BEAT_SECONDS, self._fps)
        rotations = np.repeat(last.rotations[-1:], count, axis=0)
        return MotionChunk(rotations, np.repeat(last.translation[-1:], count, axis=0), self._fps)

    def _append(self, codes: Codes) -> None:
        held = self._codes[codes.modality]
        self._codes[codes.modality] = _joined(held, codes.values)

    def _append_motion(self, codes: MotionCodes) -> None:
        self._append(codes.body)
        self._append(codes.hands)

    def _take_beats(self) -> tuple[Beat, ...]:
        if not self._codes:
            return ()
        beats = beats_from_codes(self._of("speech"), self._of("body"), self._of("hands"))
        for modality, codes in self._codes.items():
            rest = codes.values[:, len(beats) * frames_per_beat(codes.frame_rate) :]
            self._codes[modality] = Codes(modality, rest, codes.frame_rate)
        return beats

    def _of(self, modality: Modality) -> Codes | None:
        return self._codes.get(modality)


def _no_codes(books: int) -> np.ndarray[tuple[int, ...], np.dtype[np.int32]]:
    return np.zeros((books, 0), np.int32)


def _joined(held: Codes, values: np.ndarray[tuple[int, ...], np.dtype[np.int32]]) -> Codes:
    return Codes(held.modality, np.concatenate([held.values, values], axis=1), held.frame_rate)

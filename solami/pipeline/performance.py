"""What a reply's events become: voice, mouth and body, decoded on one clock, with a mark at the end of every beat.

Draws nothing and knows no grammar. A reply that is begun before it is sure to be given is held: its first beat waits
with its motion undecoded, so that the body may idle on meanwhile.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from solami.frames import AudioChunk, FloatArray, MotionChunk, OutputChunk, TextDelta
from solami.llm.parser import Event, MotionReady, SpeechReady
from solami.llm.turns import BEAT_SECONDS
from solami.pipeline.living_body import Shown
from solami.tokenizers.base import MotionCodes, MotionDecoder, MotionTokenizer, MouthDecoder, SpeechDecoder


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """The end of one beat: what a barge-in goes back to."""

    sample: int  # on the reply's audio clock
    length: int  # ids of the turn up to here, header included
    body: MotionDecoder  # as it stood here


@dataclass(frozen=True, slots=True, eq=False)
class Decoders:
    """Codes to signals, in one voice and one body."""

    speech: SpeechDecoder
    motion: MotionDecoder
    tokenizer: MotionTokenizer  # what `motion` decodes with
    sample_rate: int
    mouth: MouthDecoder | None = None  # none where the speech codes tell no phones

    def body_now(self) -> MotionDecoder:
        """A copy of the running motion decoder with the weights shared; 0.25 ms with the default tokenizer."""
        return copy.deepcopy(self.motion, {id(part): part for part in self.tokenizer.shared})


class Performance:
    """One reply's signals."""

    def __init__(self, decoders: Decoders, length: int) -> None:
        """Take the decoders and the ids that the turn holds already."""
        self._decoders = decoders
        self._samples_per_beat = round(decoders.sample_rate * BEAT_SECONDS)
        self._held: list[Callable[[], Iterator[OutputChunk]]] | None = None  # in order; None: given as they come
        self._moved: list[MotionChunk] = []
        self.samples = self.poses = 0
        self.last_shown: MotionCodes | None = None  # of the newest beat
        self.marks = [Mark(0, length, decoders.body_now())]

    @property
    def is_held(self) -> bool:
        """Whether what is pushed waits for `release`."""
        return self._held is not None

    def hold(self) -> None:
        """Give nothing until `release`."""
        self._held = []

    def release(self) -> list[OutputChunk]:
        """What waited, its motion decoded from where the body stands now."""
        held, self._held = self._held or [], None
        return [chunk for give in held for chunk in give()]

    def stand(self, body: MotionDecoder) -> None:
        """Before the first motion: the body that the reply goes on with."""
        self._decoders = replace(self._decoders, motion=body)
        self.marks[0] = replace(self.marks[0], body=self._decoders.body_now())

    def shown_at(self, sample: int) -> Shown | None:
        """The pose that is shown when a sample is heard; none before any motion."""
        chunk = next((c for c in reversed(self._moved) if c.start_sample <= sample and len(c.rotations)), None)
        if chunk is None:
            return None
        index = int((sample - chunk.start_sample) * chunk.fps / self._decoders.sample_rate)
        index = min(index, len(chunk.rotations) - 1)
        return Shown(chunk.rotations[index].astype(np.float64), chunk.translation[index].astype(np.float64))

    def push(self, event: Event) -> list[OutputChunk]:
        """What an event becomes."""
        match event:
            case TextDelta():
                return self._give(lambda: iter([event]))
            case MotionReady(body=body, hands=hands):
                return self._give(lambda: self._move(MotionCodes(body, hands)))
            case SpeechReady(codes=codes):
                mouth = [self._decoders.mouth.push(codes)] if self._decoders.mouth else []
                chunks: list[OutputChunk] = [*mouth, *self._audio(self._decoders.speech.push(codes))]
                return self._give(lambda: iter(chunks))
            case _:
                return []

    def close_beat(self, length: int) -> list[OutputChunk]:
        """A beat ends at so many ids of the turn."""
        return self._give(lambda: self._mark(length))

    def finish(self) -> list[OutputChunk]:
        """What the decoders still hold."""
        tail = self._audio(self._decoders.speech.flush())
        mouth = [self._decoders.mouth.flush()] if self._decoders.mouth else []
        return self._give(lambda: iter([*mouth, *tail]))

    def _give(self, give: Callable[[], Iterator[OutputChunk]]) -> list[OutputChunk]:
        if self._held is None:
            return list(give())
        self._held.append(give)
        return []

    def _move(self, codes: MotionCodes) -> Iterator[OutputChunk]:
        self.last_shown = codes
        poses = self._decoders.motion.push(codes)
        self.poses += len(poses.rotations)
        self._moved.append(replace(poses, start_sample=self.marks[-1].sample, codes=(codes.body, codes.hands)))
        yield self._moved[-1]

    def _mark(self, length: int) -> Iterator[OutputChunk]:
        sample = self.marks[-1].sample + self._samples_per_beat
        self.marks.append(Mark(sample, length, self._decoders.body_now()))
        yield from ()

    def _audio(self, samples: FloatArray) -> list[AudioChunk]:
        if not len(samples):
            return []
        chunk = AudioChunk(samples, self._decoders.sample_rate, self.samples)
        self.samples += len(samples)
        return [chunk]

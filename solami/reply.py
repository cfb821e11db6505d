"""One reply on its way out: ids are drawn under the grammar, and what each one completes is decoded and given at once.

Knows no session: `pipeline` prepares the context, and cuts it after a barge-in at one of the reply's marks.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from solami.frames import AudioChunk, FinishReason, FloatArray, OutputChunk, ReplyDone, StageSpent, TextDelta
from solami.llm.context import Context
from solami.llm.engine import Legal, Sampling
from solami.llm.grammar import AgentGrammar
from solami.llm.parser import AgentParser, Event, MotionReady, SpeechReady
from solami.llm.turns import BEAT_SECONDS
from solami.llm.vocabulary import Vocabulary
from solami.tokenizers.base import MotionCodes, MotionDecoder, MotionTokenizer, MouthDecoder, SpeechDecoder


@dataclass(frozen=True, slots=True, eq=False)
class Mark:
    """The end of one beat: what a barge-in goes back to."""

    sample: int  # on the reply's audio clock
    length: int  # ids of the turn up to here, header included
    body: MotionDecoder  # as it stood here


@dataclass(frozen=True, slots=True)
class Draws:
    """How ids of each kind are drawn."""

    text: Sampling
    speech: Sampling
    motion: Sampling


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
        return copy.deepcopy(self.motion, {id(self.tokenizer): self.tokenizer})


class Reply:
    """Runs once; afterwards it knows where its beats end."""

    def __init__(
        self, context: Context, vocabulary: Vocabulary, grammar: AgentGrammar, decoders: Decoders, draws: Draws
    ) -> None:
        """Take a context whose running turn holds the reply's header."""
        self._context, self._vocabulary, self._grammar = context, vocabulary, grammar
        self._decoders, self._draws = decoders, draws
        self._parser = AgentParser(vocabulary)
        self._samples_per_beat = round(decoders.sample_rate * BEAT_SECONDS)
        self._spent_s = dict.fromkeys(("first_clause", "first_beat", "decode", "heard_saw"), 0.0)
        self._captions = [vocabulary.special("<heard>"), vocabulary.special("<saw>")]
        self._controls = [*self._captions, vocabulary.special("<say>"), vocabulary.special("<end>")]
        self._is_caption = False
        self._samples = self._poses = 0
        self.ids: list[int] = []
        self.last_shown: MotionCodes | None = None  # of the newest beat
        self.marks = [Mark(0, context.length, decoders.body_now())]

    @property
    def is_whole(self) -> bool:
        """Whether <end> has come."""
        return self._grammar.done

    def run(self, prefill_ms: float, cancelled: Callable[[], bool]) -> Iterator[OutputChunk]:
        """Everything the reply gives, ReplyDone last."""
        yield StageSpent("prefill", prefill_ms)
        while not self._grammar.done:
            if cancelled():
                yield self._done("cancelled")
                return
            for event in self._step():
                yield from self._decode(event)
            if self._grammar.at_boundary:
                yield from self._close_beat()
        tail = self._decoders.speech.flush()
        if self._decoders.mouth:
            yield self._decoders.mouth.flush()
        if len(tail):
            yield self._audio(tail)
        yield StageSpent("heard_saw", 1000 * self._spent_s["heard_saw"])
        yield self._done("max_tokens" if self._grammar.is_full else "completed")

    def _step(self) -> list[Event]:
        """Draw one id; the time goes to the stage it belongs to."""
        begun = time.perf_counter()
        legal = self._grammar.legal()
        token_id = self._context.step(legal, self._sampling(legal))
        self._grammar.advance(token_id)
        self.ids.append(token_id)
        events = self._parser.push(token_id)
        if token_id in self._controls:
            self._is_caption = token_id in self._captions
        stage = self._stage(token_id)
        if stage is not None:
            self._spent_s[stage] += time.perf_counter() - begun
        return events

    def _stage(self, token_id: int) -> str | None:
        if self._is_caption:
            return "heard_saw"
        if len(self.marks) > 1:
            return None
        is_words = token_id in self._vocabulary.text_span or token_id in self._controls
        return "first_clause" if is_words else "first_beat"

    def _sampling(self, legal: Legal) -> Sampling:
        first = legal[0].start
        if first in self._vocabulary.span("speech"):
            return self._draws.speech
        is_text = first in self._vocabulary.text_span or self._vocabulary.special_name(first) is not None
        return self._draws.text if is_text else self._draws.motion

    def _decode(self, event: Event) -> Iterator[OutputChunk]:
        begun = time.perf_counter()
        match event:
            case TextDelta():
                yield event
            case MotionReady(body=body, hands=hands):
                self.last_shown = MotionCodes(body, hands)
                poses = self._decoders.motion.push(self.last_shown)
                self._add_decode_time(begun)
                self._poses += len(poses.rotations)
                yield replace(poses, start_sample=self.marks[-1].sample)
            case SpeechReady(codes=codes):
                if self._decoders.mouth:
                    yield self._decoders.mouth.push(codes)
                samples = self._decoders.speech.push(codes)
                self._add_decode_time(begun)
                if len(samples):
                    yield self._audio(samples)

    def _add_decode_time(self, begun: float) -> None:
        if len(self.marks) == 1:
            self._spent_s["decode"] += time.perf_counter() - begun

    def _close_beat(self) -> Iterator[OutputChunk]:
        sample = self.marks[-1].sample + self._samples_per_beat
        self.marks.append(Mark(sample, self._context.length, self._decoders.body_now()))
        if len(self.marks) == 2:
            for stage in ("first_clause", "first_beat", "decode"):
                yield StageSpent(stage, 1000 * self._spent_s[stage])

    def _audio(self, samples: FloatArray) -> AudioChunk:
        chunk = AudioChunk(samples, self._decoders.sample_rate, self._samples)
        self._samples += len(samples)
        return chunk

    def _done(self, reason: FinishReason) -> ReplyDone:
        return ReplyDone(reason, tuple(self.ids), self._samples, self._poses)

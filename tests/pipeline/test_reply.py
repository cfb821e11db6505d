"""A reply draws each kind of id its own way and marks the end of every beat."""

import numpy as np
import pytest

from solami.frames import AudioChunk, Codes, OutputChunk, ReplyDone, StageSpent, VisemeChunk
from solami.llm.context import Context
from solami.llm.drawing import draw
from solami.llm.engine import Legal, Sampling
from solami.llm.grammar import AgentGrammar
from solami.llm.scripted_engine import ScriptedEngine
from solami.llm.template import header_ids
from solami.llm.vocabulary import Vocabulary
from solami.pipeline.draws import Draws
from solami.pipeline.performance import Decoders
from solami.pipeline.reply import Reply
from solami.tokenizers.base import MouthDecoder, Voice
from solami.tokenizers.dummy_motion import DummyMotionTokenizer
from solami.tokenizers.dummy_speech import DummySpeechTokenizer
from solami.tokenizers.placement import PlacementTokenizer
from solami.training.text_tokenizer import train_text_tokenizer

SPEECH, MOTION = DummySpeechTokenizer(), DummyMotionTokenizer()
SPECS = [SPEECH.spec, MOTION.body_spec, MOTION.hands_spec, PlacementTokenizer().spec]
VOCABULARY = Vocabulary(train_text_tokenizer(["Hello there. some words moves"] * 3, size=300), SPECS)
DRAWS = Draws(text=Sampling(0.1), does=Sampling(0.4), speech=Sampling(0.2), motion=Sampling(0.3))


class RecordingEngine(ScriptedEngine):
    """Keeps how each id was drawn."""

    def __init__(self) -> None:
        super().__init__(VOCABULARY, ["Hello.", " there."], beats=2)
        self.draws: list[tuple[int, float]] = []

    def step(self, slots: list[int], legal: list[Legal], sampling: list[Sampling]) -> list[int]:  # type: ignore[override]
        """As the script says."""
        ids = super().step(slots, legal, sampling)
        self.draws.append((ids[0], sampling[0].temperature))
        return ids


@pytest.fixture
def engine() -> RecordingEngine:
    """A fresh script."""
    return RecordingEngine()


class OneRowLate(MouthDecoder):
    """A closed mouth, held back by one row."""

    def __init__(self) -> None:
        self._taken = self._given = 0

    def push(self, codes: Codes) -> VisemeChunk:
        """All rows but the last."""
        self._taken += codes.values.shape[1]
        return self._give(self._taken - 1)

    def flush(self) -> VisemeChunk:
        """The last."""
        return self._give(self._taken)

    def _give(self, upto: int) -> VisemeChunk:
        start, self._given = self._given, upto
        return VisemeChunk(np.eye(15, dtype=np.float32)[np.zeros(upto - start, int)], 25.0, start * 640)


def build(engine: RecordingEngine, mouth: MouthDecoder | None = None) -> Reply:
    """A reply of two clauses of two beats."""
    context = Context(engine, [VOCABULARY.special("<bos>")], seed=0)
    context.open_turn(header_ids(VOCABULARY, "<agent>", speech=True, body=True))
    voice = SPEECH.decoder(Voice("any", np.ones(1, np.float32)))
    decoders = Decoders(voice, MOTION.decoder(), MOTION, SPEECH.sample_rate, mouth)
    return Reply(context, VOCABULARY, AgentGrammar(VOCABULARY), decoders, DRAWS, 1.5)


def run(reply: Reply) -> list[OutputChunk]:
    """All of it."""
    return list(reply.run())


def test_each_kind_of_id_has_its_own_sampling(engine: RecordingEngine) -> None:
    """Words, `does`, speech and motion have their own temperatures; what was heard and seen is not left to chance."""
    run(build(engine))
    mark, of_texts = "<say>", {"<say>": 0.1, "<does>": 0.4, "<heard>": 0.0, "<saw>": 0.0}
    for token_id, temperature in engine.draws:
        if token_id in VOCABULARY.span("speech"):
            assert temperature == 0.2
        elif token_id in VOCABULARY.text_span:
            assert temperature == of_texts[mark]
        elif token_id in VOCABULARY.span("body") or token_id in VOCABULARY.span("hands"):
            assert temperature == 0.3
        mark = VOCABULARY.special_name(token_id) or mark


def test_marks_lie_at_the_ends_of_beats(engine: RecordingEngine) -> None:
    """One mark a beat on the audio clock, each at a length that ends with a speech code."""
    reply = build(engine)
    run(reply)
    assert [mark.sample for mark in reply.marks] == [0, 6400, 12800, 19200, 25600]
    for mark in reply.marks[1:]:
        assert reply.ids[mark.length - 4] in VOCABULARY.span("speech")  # the header is three ids
        assert reply.ids[mark.length - 3] not in VOCABULARY.span("speech")
    assert reply.is_whole


def test_stages_come_with_the_first_beat(engine: RecordingEngine) -> None:
    """The prefill that was measured outside comes first; words, beat and decoding right behind the first audio."""
    outputs = run(build(engine))
    assert outputs[0] == StageSpent("prefill", 1.5)
    audio = next(n for n, chunk in enumerate(outputs) if isinstance(chunk, AudioChunk))
    stages = [chunk.stage for chunk in outputs[audio + 1 : audio + 5] if isinstance(chunk, StageSpent)]
    assert stages == ["first_clause", "first_beat", "decode", "waiting"]


def test_a_cancel_is_seen_before_the_next_id(engine: RecordingEngine) -> None:
    """A reply that is cancelled from the start draws nothing and is not whole."""
    reply = build(engine)
    outputs = list(reply.run(lambda: True))
    assert outputs[-1] == ReplyDone("cancelled", (), 0, 0)
    assert not engine.draws and not reply.is_whole


def test_mouth_shapes_come_before_their_sound(engine: RecordingEngine) -> None:
    """Each beat's shapes are given before its audio, all of them by the end; without a mouth there are none."""
    outputs = run(build(engine, OneRowLate()))
    first = next(n for n, chunk in enumerate(outputs) if isinstance(chunk, VisemeChunk))
    assert first < next(n for n, chunk in enumerate(outputs) if isinstance(chunk, AudioChunk))
    rows = [chunk for chunk in outputs if isinstance(chunk, VisemeChunk)]
    assert sum(len(chunk.weights) for chunk in rows) == 40
    assert [chunk.start_sample for chunk in rows] == [0, 9 * 640, 19 * 640, 29 * 640, 39 * 640]
    assert not any(isinstance(chunk, VisemeChunk) for chunk in run(build(RecordingEngine())))


def test_hands_that_are_held_stay_as_they_are(engine: RecordingEngine) -> None:
    """From then on every hand frame repeats the last one, and nothing else does."""
    reply, books = build(engine), VOCABULARY.specs["hands"].num_codebooks
    while not reply.is_done:
        wanted = reply.wanted()
        assert wanted is not None
        reply.holds_hands = len(reply.marks) > 1
        (token_id,) = draw([wanted])
        reply.take(token_id)
    hands = [token for token in reply.ids if token in VOCABULARY.span("hands")]
    per_beat = 3 * books
    frames = [tuple(hands[n : n + books]) for n in range(0, len(hands), books)]
    assert len(set(frames[:3])) > 1
    assert len(set(frames[3:])) == 1
    assert len(hands) == 4 * per_beat
    bodies = [token for token in reply.ids if token in VOCABULARY.span("body")]
    assert len(set(bodies)) > len(bodies) / 2


def test_a_held_reply_stops_behind_its_first_beat(engine: RecordingEngine) -> None:
    """It waits there, gives nothing, and goes on after its release as if it had never waited."""
    held, plain = build(engine), build(RecordingEngine())
    held.hold()
    while (wanted := held.wanted()) is not None:
        assert held.take(draw([wanted])[0]) == []
    assert held.is_waiting
    assert len(held.marks) == 1
    outputs = [*held.release(), *held.run()]
    kinds = [[type(o) for o in each if not isinstance(o, StageSpent)] for each in (outputs, run(plain))]
    assert kinds[0] == kinds[1]
    assert outputs[-1] == ReplyDone("completed", tuple(plain.ids), 25600, 48)

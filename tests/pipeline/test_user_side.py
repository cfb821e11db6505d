"""The user's side of a session."""

import numpy as np
import pytest

from solami.audio.resample import resample
from solami.body.procedural import wave
from solami.body.timing import cut
from solami.datasets.tts import EspeakSynthesizer
from solami.errors import InputError
from solami.frames import FloatArray
from solami.llm.context import Context
from solami.llm.scripted_engine import ScriptedEngine
from solami.llm.turn_ends import TurnEnds
from solami.llm.turns import Heard, Saw
from solami.llm.vocabulary import Vocabulary
from solami.pipeline.models import Models
from solami.pipeline.user_side import MAX_TYPED_TOKENS, UserSide
from solami.tokenizers.dummy_motion import DummyMotionTokenizer
from solami.tokenizers.dummy_speech import DummySpeechTokenizer
from solami.tokenizers.placement import PlacementTokenizer
from solami.training.text_tokenizer import train_text_tokenizer

SPEECH, MOTION, PLACEMENT = DummySpeechTokenizer(), DummyMotionTokenizer(), PlacementTokenizer()
SPECS = [SPEECH.spec, MOTION.body_spec, MOTION.hands_spec, PLACEMENT.spec]
VOCABULARY = Vocabulary(train_text_tokenizer(["Hello there."] * 3, size=300), SPECS)
SAMPLES = np.random.default_rng(0).normal(0, 0.2, 9000).astype(np.float32)


class RowEngine(ScriptedEngine):
    """Keeps a row of one number: how many ids there are."""

    def row(self, slot: int) -> np.ndarray:
        """As many."""
        return np.asarray([self.position(slot)], np.float32)

    def ids(self, slot: int) -> list[int]:
        """What the slot holds."""
        return list(self._state(slot).ids)


def build(turn_ends: TurnEnds | None = None) -> tuple[UserSide, RowEngine]:
    """A session of a user."""
    engine = RowEngine(VOCABULARY, slots=1)
    models = Models(SPEECH, MOTION, PLACEMENT, VOCABULARY, engine, turn_ends=turn_ends)
    return UserSide(models, Context(engine, [1, 2], 0), None), engine


def test_the_unit_reads_the_row_behind_the_turn() -> None:
    """The probability is that of the slot with the whole turn in it, filled up to a beat."""
    user, engine = build(TurnEnds(np.asarray([0.01], np.float32), -0.1, ""))
    user.begin(speech=True, body=False, placement=None)
    user.push_audio(SAMPLES)
    probability = user.pause(None)
    assert probability == pytest.approx(1 / (1 + np.exp(0.1 - 0.01 * engine.position(1))))
    assert user.is_ready
    user.reopen()
    assert (user.is_open, user.is_ready, user.turns) == (True, False, 0)


def test_typed_words_are_never_judged() -> None:
    """A turn without a voice has no probability, and neither has a model without the unit."""
    user, _ = build(TurnEnds(np.asarray([0.01], np.float32), -0.1, ""))
    user.begin(speech=False, body=False, placement=None)
    user.push_text("Hello")
    assert user.pause(None) is None
    plain, _ = build()
    plain.begin(speech=True, body=False, placement=None)
    plain.push_audio(SAMPLES)
    assert plain.pause(None) is None


def test_nothing_is_reopened_twice() -> None:
    """A turn that was not paused, or was reopened already, cannot be reopened."""
    user, _ = build()
    user.begin(speech=True, body=False, placement=None)
    user.pause(None)
    user.reopen()
    with pytest.raises(InputError, match="no turn was paused"):
        user.reopen()


def _ids_of(speech: FloatArray | None, cuts: int = 1) -> tuple[list[int], bool]:
    """The ids of a turn of two seconds of movement, beside a microphone where there is one; whether it was heard."""
    user, engine = build()
    user.begin(speech=speech is not None, body=True, placement=None)
    for part in np.array_split(speech, cuts) if speech is not None else ():
        user.push_audio(part)
    user.push_motion(wave(2.0))
    user.end()
    return engine.ids(1), user.hears


def test_a_body_beside_a_silent_microphone_is_a_body_alone() -> None:
    """A quiet room, a humming one and no microphone at all give the same ids, however the sound was cut."""
    alone, _ = _ids_of(None)
    hum = np.sin(np.arange(32000) * 2 * np.pi * 50 / 16000).astype(np.float32)
    for room in (np.zeros(32000, np.float32), 0.001 * SAMPLES.repeat(4)[:32000], 0.05 * hum):
        assert _ids_of(room) == (alone, False)
    assert _ids_of(0.05 * hum, cuts=37) == (alone, False)


def test_a_voice_beside_a_body_is_kept() -> None:
    """Spoken words stay in the turn; so does the sound of a user without a body, whatever it is."""
    audio = EspeakSynthesizer("en-us").speak("Hello, can you see me wave to you?").audio
    voice = resample(audio.samples, audio.sample_rate, 16_000)[:32000]
    spoken, heard = _ids_of(voice)
    assert heard
    assert any(i in VOCABULARY.span("speech") for i in spoken)
    user, engine = build()
    user.begin(speech=True, body=False, placement=None)
    user.push_audio(np.zeros(9000, np.float32))
    user.end()
    assert user.hears
    assert any(i in VOCABULARY.span("speech") for i in engine.ids(1))


def test_a_turn_that_was_tried_out_may_still_turn_out_silent() -> None:
    """What a trial added is taken back before the speech is left out."""
    user, engine = build()
    user.begin(speech=True, body=True, placement=None)
    user.push_audio(np.zeros(16000, np.float32))
    user.push_motion(cut(wave(2.0), 0, 30))
    user.pause(np.zeros(4000, np.float32))
    user.reopen()
    user.push_audio(np.zeros(16000, np.float32))
    user.push_motion(cut(wave(2.0), 30, 60))
    user.end()
    assert (engine.ids(1), user.hears) == _ids_of(np.zeros(32000, np.float32))


def test_what_was_noticed_stands_behind_the_turn() -> None:
    """Words that an ear heard and what was seen follow the beats, cut to what one message may hold."""
    user, engine = build()
    user.begin(speech=True, body=False, placement=None)
    user.push_audio(SAMPLES)
    user.end()
    before = engine.ids(1)
    user.note(Heard("Hello there. " * 200))
    user.note(Saw("there"))
    added = engine.ids(1)[len(before) :]
    heard, saw = VOCABULARY.special("<heard>"), VOCABULARY.special("<saw>")
    assert added[0] == heard and added.index(saw) == 1 + MAX_TYPED_TOKENS
    assert VOCABULARY.decode_text(added[added.index(saw) + 1 :]) == " there"

"""Replies in words that come from outside, over fakes behind the real interfaces."""

from concurrent.futures import Future
from dataclasses import replace

import numpy as np
import pytest

from solami.audio.pieces import LastSeconds
from solami.body.procedural import wave
from solami.frames import AudioChunk, MotionChunk, OutputChunk, ReplyDone, StageSpent, TextDelta
from solami.llm.drawing import draw
from solami.llm.parser import parse_agent
from solami.llm.scripted_engine import ScriptedEngine
from solami.llm.template import header_ids
from solami.llm.turns import Clause, Heard
from solami.llm.vocabulary import Vocabulary
from solami.outside.listening import EarTurn
from solami.outside.ports import Bell, Prompt
from solami.outside.words import WordStream
from solami.personas import Persona
from solami.pipeline.conversation import Conversation
from solami.pipeline.models import Models
from solami.pipeline.prompted_reply import PromptedReply
from solami.tokenizers.base import Voice
from solami.tokenizers.dummy_motion import DummyMotionTokenizer
from solami.tokenizers.dummy_speech import DummySpeechTokenizer
from solami.tokenizers.placement import PlacementTokenizer
from solami.training.text_tokenizer import train_text_tokenizer

PERSONA = Persona(name="ada", title="test", text="You are Ada.", voice="ada")
VOICE = Voice("ada", np.eye(8, dtype=np.float32)[0])
ANSWER = "Good day to you. Tell me, what do you want to see?"


class FakeBrain:
    """Keeps what it is asked; its answers are written by the test."""

    turns = 20

    def __init__(self, *answers: str) -> None:
        self.answers, self.prompts = list(answers), list[Prompt]()
        self.words: list[WordStream] = []

    def ask(self, prompt: Prompt) -> WordStream:
        """An answer that is there at once, or an open one where none is left."""
        self.prompts.append(prompt)
        self.words.append(WordStream())
        if self.answers:
            self.words[-1].write(self.answers.pop(0))
            self.words[-1].finish()
        return self.words[-1]


class FakeEar:
    """Hears what the test says."""

    def __init__(self) -> None:
        self.heard: list[Future[str]] = []
        self.seconds: list[float] = []

    def listen(self, sample_rate: int) -> EarTurn:
        """To a whole turn."""
        return EarTurn(self.hear, LastSeconds(sample_rate, 30.0), sample_rate, Bell())

    def hear(self, audio: AudioChunk) -> Future[str]:
        """An open future."""
        self.seconds.append(len(audio.samples) / audio.sample_rate)
        self.heard.append(Future())
        return self.heard[-1]


def build() -> Models:
    speech, motion, placement = DummySpeechTokenizer(), DummyMotionTokenizer(), PlacementTokenizer()
    text = train_text_tokenizer([f"Hello there. I am a scripted character. some words moves {ANSWER}"] * 3, size=400)
    vocabulary = Vocabulary(text, [speech.spec, motion.body_spec, motion.hands_spec, placement.spec])
    return Models(speech, motion, placement, vocabulary, ScriptedEngine(vocabulary, slots=100, beats=2))


MODELS = build()


def conversation(brain: FakeBrain | None = None, ear: FakeEar | None = None) -> Conversation:
    return Conversation(replace(MODELS, brain=brain, ear=ear), PERSONA, VOICE)


def speak(talk: Conversation) -> None:
    talk.begin_turn(speech=True, body=False)
    talk.push_audio(np.full(6400, 0.1, np.float32))
    talk.end_turn()


def type_line(talk: Conversation, line: str) -> None:
    talk.begin_turn(speech=False, body=False)
    talk.push_text(line)
    talk.end_turn()


def said(outputs: list[OutputChunk]) -> str:
    return "".join(each.text for each in outputs if isinstance(each, TextDelta) and each.kind == "said")


def noticed(outputs: list[OutputChunk], kind: str = "heard") -> str:
    return "".join(each.text for each in outputs if isinstance(each, TextDelta) and each.kind == kind).strip()


def turn_of(outputs: list[OutputChunk]) -> list[object]:
    """The reply's ids, read back as a whole turn."""
    assert isinstance(outputs[-1], ReplyDone)
    header = header_ids(MODELS.vocabulary, "<agent>", speech=True, body=True)
    return list(parse_agent(MODELS.vocabulary, [*header, *outputs[-1].token_ids]).parts)


def test_the_brains_words_are_said_and_performed() -> None:
    """Every word of the answer is said in clauses with sound and motion; what the body does is the model's own."""
    talk = conversation(FakeBrain(ANSWER))
    type_line(talk, "Hi")
    outputs = list(talk.reply(seed=0))
    clauses = [part for part in turn_of(outputs) if isinstance(part, Clause)]
    assert said(outputs) == ANSWER == " ".join(clause.text for clause in clauses)
    assert len(clauses) > 1 and all(clause.beats for clause in clauses)
    assert noticed(outputs, "does") == clauses[0].does == "waves"
    done = outputs[-1]
    assert isinstance(done, ReplyDone) and done.finish_reason == "completed"
    assert done.audio_samples == 6400 * sum(len(clause.beats) for clause in clauses)


def test_a_typed_line_is_what_the_brain_is_asked() -> None:
    """Persona first, then the line; the second time the first turn is told, too."""
    brain = FakeBrain("Hello.", "Yes.")
    talk = conversation(brain)
    for line in ("Who are you?", "Really?"):
        type_line(talk, line)
        list(talk.reply(seed=0))
    lines = [(line.role, line.text) for line in brain.prompts[1].lines()]
    assert lines == [
        ("system", "You are Ada."), ("user", "Who are you?"), ("assistant", "Hello."), ("user", "Really?"),
    ]  # fmt: skip


def test_the_model_hears_for_the_brain() -> None:
    """Without an ear the brain gets what the model itself heard and saw; the reply says so once, before all else."""
    brain = FakeBrain("Hello.")
    talk = conversation(brain)
    speak(talk)
    outputs = list(talk.reply(seed=0))
    assert brain.prompts[0].lines()[-1].text == noticed(outputs) == "some words"
    assert not any(isinstance(part, Heard) for part in turn_of(outputs))


def test_the_ear_is_believed() -> None:
    """What the ear heard is what the brain is asked and what the reply says; the model's own is not."""
    brain, ear = FakeBrain("Hello."), FakeEar()
    talk = conversation(brain, ear)
    speak(talk)
    reply = talk.begin_reply(seed=0)
    ear.heard[0].set_result("good day")
    outputs = list(reply.run())
    assert ear.seconds == [0.4] and brain.prompts[0].lines()[-1].text == noticed(outputs) == "good day"


def test_a_reply_begins_behind_what_the_ear_heard() -> None:
    """Nothing is drawn before; the words stand in the user's turn, whole, and the budget says what waiting took."""
    ear = FakeEar()
    talk = conversation(ear=ear)
    speak(talk)
    reply = talk.begin_reply(seed=0)
    assert reply.is_waiting and reply.wanted() is None
    ear.heard[0].set_result("good day to you " * 10)
    assert not reply.is_waiting and reply.wanted() is None
    first = reply.take(None)
    assert noticed(first) == ("good day to you " * 10).strip() and reply.wanted() is not None
    outputs = [*first, *reply.run()]
    assert {each.stage for each in outputs if isinstance(each, StageSpent)} >= {"ear", "prefill", "first_clause"}
    assert not any(isinstance(part, Heard) for part in turn_of(outputs))


def test_an_ear_that_hears_nothing_is_believed() -> None:
    """Of a turn in which the ear found no words the model does not write any."""
    ear = FakeEar()
    talk = conversation(ear=ear)
    speak(talk)
    ear.heard[0].set_result("")
    outputs = list(talk.reply(seed=0))
    assert noticed(outputs) == "" and said(outputs)


@pytest.mark.parametrize("leave", ["cancel", "truncate", "next turn", "reopen"])
def test_a_reply_may_be_left_before_it_has_begun(leave: str) -> None:
    """However it is left while the ear still listens, the talk goes on."""
    ear = FakeEar()
    talk = conversation(ear=ear)
    talk.begin_turn(speech=True, body=False)
    talk.push_audio(np.full(6400, 0.1, np.float32))
    talk.pause_turn()
    reply = talk.begin_reply(seed=0)
    if leave == "cancel":
        assert isinstance(reply.cancel()[-1], ReplyDone)
    elif leave == "truncate":
        talk.truncate(0)
    elif leave == "reopen":
        talk.reopen_turn()
        talk.drop_turn()
    type_line(talk, "Hi")
    assert said(list(talk.reply(seed=0))).startswith("Hello there.")


@pytest.mark.parametrize("has_brain", [True, False])
def test_the_ear_does_not_listen_to_a_silent_gesture(has_brain: bool) -> None:
    """Of a body beside a quiet microphone nothing is heard, the brain gets what was seen, and the reply is whole."""
    brain, ear = FakeBrain("Hello.") if has_brain else None, FakeEar()
    talk = conversation(brain, ear)
    talk.begin_turn(speech=True, body=True)
    talk.push_audio(np.zeros(6400, np.float32))
    talk.push_motion(wave(0.4))
    talk.end_turn()
    outputs = list(talk.reply(seed=0))
    assert ear.seconds == []
    assert noticed(outputs, "saw") == "some moves" and noticed(outputs) == ""
    assert brain is None or brain.prompts[0].lines()[-1].text == "[some moves]"


@pytest.mark.parametrize("has_brain", [True, False])
def test_a_deaf_ear_leaves_hearing_to_the_model(has_brain: bool) -> None:
    """Where the ear fails, what the model heard counts, for the brain as for the caption."""
    brain, ear = FakeBrain("Hello.") if has_brain else None, FakeEar()
    talk = conversation(brain, ear)
    speak(talk)
    ear.heard[0].set_exception(TimeoutError("late"))
    assert noticed(list(talk.reply(seed=0))) == "some words"
    assert brain is None or brain.prompts[0].lines()[-1].text == "some words"


def test_a_brain_that_fails_is_replaced() -> None:
    """Without an answer the model's own words are said, as if there were no brain, and remembered for the next turn."""
    brain = FakeBrain()
    talk = conversation(brain)
    type_line(talk, "Hi")
    reply = talk.begin_reply(seed=0)
    brain.words[0].finish()
    outputs = list(reply.run())
    assert said(outputs).startswith("Hello there. I am a scripted character.")
    type_line(talk, "And?")
    brain.answers.append("Yes.")
    assert said(list(talk.reply(seed=1))) == "Yes."
    assert brain.prompts[1].lines()[2].text == said(outputs)


def test_a_reply_waits_for_its_words() -> None:
    """Before the first word nothing is wanted; a clause is performed while the next is still to come."""
    brain = FakeBrain()
    talk = conversation(brain)
    type_line(talk, "Hi")
    reply = talk.begin_reply(seed=0)
    assert isinstance(reply, PromptedReply) and reply.is_waiting and reply.wanted() is None
    brain.words[0].write("Good day to you. ")
    assert not reply.is_waiting
    outputs = []
    while not reply.is_waiting:
        wanted = reply.wanted()
        outputs += reply.take(None if wanted is None else draw([wanted])[0])
    assert said(outputs) == "Good day to you." and sum(isinstance(each, MotionChunk) for each in outputs) == 2
    brain.words[0].write("Bye.")
    brain.words[0].finish()
    outputs += list(reply.run())
    assert said(outputs) == "Good day to you. Bye." and isinstance(outputs[-1], ReplyDone)
    assert [part.text for part in turn_of(outputs) if isinstance(part, Clause)] == ["Good day to you.", "Bye."]
    assert any(isinstance(each, StageSpent) and each.stage == "brain" for each in outputs)


def test_a_cancelled_reply_asks_for_no_more() -> None:
    """Barge-in cancels the answer; only what was heard of the reply is told to the brain."""
    brain = FakeBrain("Good day to you. Bye.", "Yes.")
    talk = conversation(brain)
    type_line(talk, "Hi")
    list(talk.reply(seed=0))
    talk.truncate(3000)
    type_line(talk, "Stop")
    list(talk.reply(seed=0))
    assert [line.text for line in brain.prompts[1].lines()] == ["You are Ada.", "Hi", "Good day to you.", "Stop"]
    type_line(talk, "More")
    reply = talk.begin_reply(seed=0)
    reply.cancel()
    assert brain.words[2].is_cancelled


def test_a_turn_that_goes_on_forgets_what_was_asked() -> None:
    """A reply on trial is withdrawn, with its answer; the brain is asked anew about the whole turn."""
    brain = FakeBrain()
    talk = conversation(brain)
    talk.begin_turn(speech=True, body=False)
    talk.push_audio(np.full(6400, 0.1, np.float32))
    talk.pause_turn()
    talk.begin_reply(seed=0)
    talk.reopen_turn()
    assert brain.words[0].is_cancelled
    talk.push_audio(np.full(6400, 0.1, np.float32))
    talk.end_turn()
    brain.answers.append("Yes.")
    assert said(list(talk.reply(seed=0))) == "Yes."
    assert [line.role for line in brain.prompts[1].lines()] == ["system", "user"]


def test_listening_for_the_brain_leaves_the_context_alone() -> None:
    """With the same words, what is drawn does not depend on whether the model listened before."""
    ids = []
    for caption in ("some words", None):
        brain, ear = FakeBrain("Hello."), FakeEar() if caption else None
        talk = conversation(brain, ear)
        speak(talk)
        if ear is not None:
            ear.heard[0].set_result("some words")
        ids.append(list(talk.reply(seed=0))[-1])
    assert ids[0].token_ids == ids[1].token_ids

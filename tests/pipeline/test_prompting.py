"""What a session asks outside, and remembers."""

from concurrent.futures import Future

import numpy as np

from solami.frames import AudioChunk
from solami.outside.ports import Prompt
from solami.outside.words import WordStream
from solami.pipeline.prompted_reply import Asked
from solami.pipeline.prompting import MAX_AUDIO_S, Prompting, known


class Brain:
    turns = 2

    def __init__(self) -> None:
        self.prompts: list[Prompt] = []

    def ask(self, prompt: Prompt) -> WordStream:
        self.prompts.append(prompt)
        return WordStream()


class Ear:
    def __init__(self) -> None:
        self.seconds: list[float] = []

    def hear(self, audio: AudioChunk) -> Future[str]:
        self.seconds.append(len(audio.samples) / audio.sample_rate)
        return known("words")


def nothing() -> tuple[str, str]:
    return "", ""


def test_only_so_many_turns_are_told() -> None:
    """The brain gets the last turns that it wants, the new one behind them."""
    prompting = Prompting("You are Ada.", 16_000, brain := Brain(), None)
    for line in ("one", "two", "three", "four"):
        prompting.begin_turn()
        prompting.push_text(line)
        prompting.end_turn()
        prompting.ask(nothing)
    assert [line.text for line in brain.prompts[-1].lines()] == ["You are Ada.", "two", "three", "four"]


def test_the_ear_hears_the_end_of_a_long_turn() -> None:
    """No more than half a minute is kept, however long the user speaks; without a voice nothing is heard."""
    prompting = Prompting("You are Ada.", 16_000, None, ear := Ear())
    for _ in range(100):
        prompting.push_audio(np.zeros(8000, np.float32))
    prompting.end_turn()
    prompting.begin_turn()
    prompting.end_turn()
    assert len(ear.seconds) == 1 and MAX_AUDIO_S <= ear.seconds[0] <= MAX_AUDIO_S + 0.5
    assert prompting.ask(nothing) == Asked()


def test_what_the_body_did_stands_in_brackets() -> None:
    """Words and what was seen are one line; a user who did neither says nothing."""
    prompting = Prompting("You are Ada.", 16_000, brain := Brain(), None)
    for own in (("hello", "a wave"), ("", "a wave"), ("", "")):
        prompting.begin_turn()
        prompting.end_turn()
        prompting.ask(lambda own=own: own)  # type: ignore[misc]
    lines = [prompt.lines()[-1].text for prompt in brain.prompts]
    assert lines == ["hello [a wave]", "[a wave]", "[says nothing]"]


def test_known_words_are_there() -> None:
    """A known caption is a future that is done."""
    assert known("x").result(0) == "x"

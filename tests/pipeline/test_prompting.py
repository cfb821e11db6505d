"""What a session asks outside, and remembers."""

from concurrent.futures import Future
from typing import Self

import numpy as np

from solami.frames import FloatArray
from solami.outside.ports import Prompt
from solami.outside.words import WordStream
from solami.pipeline.prompted_reply import Asked
from solami.pipeline.prompting import Prompting, known


class Brain:
    turns = 2

    def __init__(self) -> None:
        self.prompts: list[Prompt] = []

    def ask(self, prompt: Prompt) -> WordStream:
        self.prompts.append(prompt)
        return WordStream()


class Ear:
    """Counts what it is given in one turn after the other."""

    def __init__(self) -> None:
        self.turns: list[int] = []

    def listen(self, sample_rate: int) -> Self:
        self.turns.append(0)
        return self

    def push(self, samples: FloatArray) -> None:
        self.turns[-1] += len(samples)

    def end(self) -> Future[str] | None:
        return known("words") if self.turns[-1] else None


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


def test_the_ear_hears_turn_by_turn() -> None:
    """Each turn is its own; of one without sound, or with nothing but a quiet room's, nothing is heard."""
    prompting = Prompting("You are Ada.", 16_000, None, ear := Ear())
    prompting.push_audio(np.zeros(8000, np.float32))
    prompting.end_turn()
    heard = prompting.ask(nothing).heard
    assert heard is not None and heard.result(0) == "words"
    prompting.begin_turn()
    prompting.end_turn()
    assert prompting.ask(nothing) == Asked()
    prompting.begin_turn()
    prompting.push_audio(np.zeros(8000, np.float32))
    prompting.forget_audio()
    prompting.end_turn()
    assert prompting.ask(nothing) == Asked() and ear.turns == [8000, 0, 8000]


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

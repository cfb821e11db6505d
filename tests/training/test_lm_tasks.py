import random
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from solami.datasets.clauses import split_line
from solami.datasets.requests import ANSWERS, COPYING, naming
from solami.llm.turns import AgentTurn, Beat, Clause, Heard, Saw, UserTurn
from solami.llm.vocabulary import Vocabulary
from solami.tokenizers.placement import PlacementTokenizer
from solami.training.lm_codes import CodeStore
from solami.training.lm_runs import train_stage
from solami.training.lm_tasks import TaskMaker
from solami.training.lm_turns import TurnMaker
from solami.training.lm_users import Drop, UserMaker

Make = Callable[[int], TaskMaker]


@pytest.fixture(scope="module")
def make(acted_folder: Path, words: Vocabulary) -> Make:
    """A task maker for a seed."""
    store, stage = CodeStore(acted_folder), train_stage(None, takes=2)
    split = partial(split_line, count_tokens=lambda text: len(words.encode_text(text)))
    place = PlacementTokenizer().encode

    def maker(seed: int) -> TaskMaker:
        turns = TurnMaker(words, store, stage, place, split, random.Random(seed))
        return TaskMaker(turns, UserMaker(turns, Drop()))

    return maker


def test_a_spoken_line_is_its_clauses_over_their_beats(make: Make, script_lines: list[str]) -> None:
    """A line gives its clauses in order, each over beats; without a body in t2s, with one in speak."""
    line = next(line for line in script_lines if line.count(",") > 1)
    for turns, body in ((make(0).t2s(line), False), (make(0).speak(line), True)):
        assert turns is not None and isinstance(turns[0], AgentTurn) and turns[0].body is body
        clauses = [part for part in turns[0].parts if isinstance(part, Clause)]
        assert " ".join(c.text for c in clauses) == " ".join(line.split())
        assert all(beat.speech is not None and (beat.body is not None) is body for c in clauses for beat in c.beats)
    assert make(0).t2s("A line that nobody ever spoke.") is None
    for motion, does in (("claps", "claps"), ("", "talks with both hands")):
        (turn,) = make(0).speak(line, None, motion) or ()
        assert isinstance(turn, AgentTurn) and isinstance(turn.parts[0], Clause) and turn.parts[0].does == does


def test_an_answer_follows_what_was_said(make: Make, script_lines: list[str]) -> None:
    """A line with a question before it is an exchange; nobody speaks a question that was never spoken."""
    line = next(line for line in script_lines if make(0).t2s(line))
    for seed in range(30):
        turns = make(seed).t2s(line, "Who are you?")
        assert turns is not None and isinstance(turns[0], UserTurn) and not turns[0].speech
        assert Heard("Who are you?") in turns[0].parts
    asked = [make(seed).speak(line, line) for seed in range(30)]
    assert {turns[0].speech for turns in asked if turns and isinstance(turns[0], UserTurn)} == {True, False}


def test_speech_is_answered_in_speech_and_written_once(make: Make, script_lines: list[str]) -> None:
    """s2s holds the user's speech, an answer without a body, and what was heard in one of the two turns."""
    line, asked = script_lines[1], script_lines[0]
    for seed in range(20):
        turns = make(seed).s2s(line, asked)
        assert turns is not None
        user, agent = turns
        assert isinstance(user, UserTurn) and isinstance(agent, AgentTurn) and user.speech and not agent.body
        assert sum(part == Heard(asked) for part in (*user.parts, *agent.parts)) == 1
    assert make(0).s2s(line, "Nobody ever asked this.") is None


def test_speech_and_motion_are_put_into_words(make: Make, script_lines: list[str]) -> None:
    """s2t ends in what was said, m2t in the caption, sometimes from headset and controllers alone."""
    heard = make(0).s2t(("human", "a-1"), "Hello there.")
    assert heard is not None and isinstance(heard[0], UserTurn) and heard[0].parts[-1] == Heard("Hello there.")
    assert all(isinstance(part, Beat) for part in heard[0].parts[:-1])
    clip = train_stage(None, takes=2).choose("claps", random.Random(0), talks=False)
    seen = make(0).m2t(clip)
    assert seen is not None and isinstance(seen[0], UserTurn) and seen[0].parts[-1] == Saw("claps")
    assert seen[0].placement is not None and len(seen[0].parts) > 2


def test_motion_answers_a_request_or_a_motion(make: Make) -> None:
    """t2m asks for the caption and shows it, m2m shows one motion after another; both with a word."""
    stage = train_stage(None, takes=2)
    wave, bow = (stage.choose(c, random.Random(0), talks=False) for c in ("waves with the right hand", "bows"))
    bodies, answers = set(), set()
    for seed in range(20):
        asked = make(seed).t2m(wave)
        assert asked is not None and isinstance(asked[1], AgentTurn) and asked[1].body
        assert isinstance(asked[0], UserTurn)
        heard = [part for turn in asked for part in turn.parts if isinstance(part, Heard)]
        assert len(heard) == 1
        if heard[0].text not in COPYING:
            assert re.search("(wave|waving) with (the|your|my) right hand", heard[0].text, re.IGNORECASE)
        bodies.add(asked[0].body)
        clauses = [part for part in asked[1].parts if isinstance(part, Clause)]
        assert sum(len(clause.beats) for clause in clauses) >= 2
        answers.add(" ".join(clause.text for clause in clauses))
    assert bodies == {True, False} and answers <= {*ANSWERS, *naming("waves with the right hand")}
    assert answers & set(ANSWERS) and answers & set(naming("waves with the right hand"))
    pair = make(0).m2m(wave, bow)
    assert pair is not None and isinstance(pair[0], UserTurn) and isinstance(pair[1], AgentTurn)
    assert pair[0].body and not pair[0].speech and pair[1].body and not pair[1].speech


def test_who_wants_to_be_copied_shows_it(make: Make) -> None:
    """A user who says "Copy me." has a body that does what the answer does."""
    bow = train_stage(None, takes=2).choose("bows", random.Random(0), talks=False)
    copied = []
    for seed in range(60):
        turns = make(seed).t2m(bow)
        assert turns is not None and isinstance(turns[0], UserTurn)
        parts = [part for turn in turns for part in turn.parts]
        if any(isinstance(part, Heard) and part.text in COPYING for part in parts):
            copied.append(turns[0].body and Saw("bows") in parts)
    assert len(copied) > 3 and all(copied)
